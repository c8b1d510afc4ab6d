"""What a verdict asks of a model's contract, taken in once, by whichever judge comes to it: pure."""

from holdfast.batches.entries import MOST_EVOLVED, SchemaEvolved
from holdfast.batches.schema import SchemaState, fingerprint
from holdfast.batches.verdict import shown
from holdfast.ledger.contract import Decision


def taken_in(state: SchemaState, proposed: SchemaEvolved, *, verdict: str) -> Decision | None:
    """Take the columns that a verdict proposes into the contract, as far as another has not done so; `None` if all are.

    The verdict is on record before its contract changes: a judge that dies between the two leaves the proposal behind.
    A verdict is taken in once, also if it is heard of again when a later baseline has long settled its columns.
    """
    room = MOST_EVOLVED - len(state.optional.keys() - set(proposed.settled))
    new = {key: word for key, word in sorted(proposed.fingerprints.items()) if key not in state.optional}
    words = dict(list(new.items())[: max(0, room)])
    if not words:
        return None
    named = tuple(one for one in proposed.columns if fingerprint(one.name) in words) or proposed.columns
    version = state.version + 1
    changes = {"version": version, "fingerprints": words, "columns": named}
    body = SchemaEvolved.model_validate({**proposed.model_dump(), **changes})
    first = ", ".join(f"{shown(one.name)} ({shown(one.type)})" for one in named[:3])
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    reason = f"the contract takes {first}{more} in as optional: version {version}"
    return Decision(body.kind, body.model, "evolved", reason, body, (verdict,))
