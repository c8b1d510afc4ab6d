"""A chain proves itself, and shows where it was touched."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from holdfast.ledger.contract import Cause, Decision, Entry, Fold, identify
from holdfast.ledger.logic import GENESIS, MOST_STATE_BYTES, Author, Link, append, digest, refold, snapshot, verify
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted
from holdfast.shared.errors import ContractError, IntegrityError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUTHOR = Author("judge", "m" * 64)


class Body(Emitted):
    """A decision's body."""

    value: float = 1.0


class Total(BaseModel):
    """A state."""

    seen: int = 0
    last: int = 0


FOLD = Fold(Total, 1, lambda state, entry: Total(seen=state.seen + 1, last=entry.sequence))


def decision(number: int, stream: str = "a") -> Decision:
    """Take a decision."""
    return Decision("Thing Judged", stream, "pass", "because", Body(value=number), (stream, str(number)))


def chain(length: int, stream: str = "a") -> list[Entry]:
    """Chain some entries."""
    entries: list[Entry] = []
    link = Link()
    for number in range(length):
        cause = Cause("event", "chain")
        entries.append(append(decision(number, stream), stream=stream, after=link, author=AUTHOR, cause=cause, now=NOW))
        link = Link(entries[-1].sequence, entries[-1].hash)
    return entries


def test_a_decision_id_is_of_business_facts_alone() -> None:
    again = Decision("Thing Judged", "other", "fail", "else", Body(value=9), ("a", "1"))
    assert again.id == decision(1).id == identify("Thing Judged", "a", "1")
    assert decision(1).id != decision(2).id


def test_facts_cannot_run_together() -> None:
    assert identify("kind", "ab", "c") != identify("kind", "a", "bc")


def test_an_honest_chain_verifies_and_says_where_it_ends() -> None:
    entries = chain(5)
    assert entries[0].previous == GENESIS
    assert verify(entries) == {"a": Link(5, entries[-1].hash)}


def test_streams_may_be_interleaved() -> None:
    left, right = chain(3, "left"), chain(2, "right")
    assert set(verify([left[0], right[0], left[1], left[2], right[1]])) == {"left", "right"}


@given(
    at=st.integers(0, 4),
    what=st.sampled_from(["body", "reason", "outcome", "actor", "recorded_at", "manifest", "cause"]),
)
def test_any_changed_field_is_found_where_it_is(at: int, what: str) -> None:
    entries = chain(5)
    changed = {"body": {"value": 666.0}, "recorded_at": datetime(2020, 1, 1, tzinfo=UTC)}.get(what, "changed")
    entries[at] = entries[at].model_copy(update={what: changed})
    with pytest.raises(IntegrityError, match=f"a entry {at + 1}: its content does not match"):
        verify(entries)


@given(at=st.integers(0, 3))
def test_an_entry_resealed_breaks_the_next_link(at: int) -> None:
    entries = chain(5)
    forged = entries[at].model_copy(update={"reason": "nothing happened"})
    entries[at] = forged.model_copy(update={"hash": digest(forged)})
    with pytest.raises(IntegrityError, match=f"a entry {at + 2}: previous is"):
        verify(entries)


@pytest.mark.parametrize("drop", range(4))
def test_a_dropped_entry_is_found(drop: int) -> None:
    entries = chain(5)
    del entries[drop]
    with pytest.raises(IntegrityError, match=f"a entry {drop + 2}: follows entry {drop}"):
        verify(entries)


def test_two_swapped_entries_are_found() -> None:
    entries = chain(4)
    entries[1], entries[2] = entries[2], entries[1]
    with pytest.raises(IntegrityError, match="a entry 3: follows entry 1"):
        verify(entries)


def test_one_decision_in_two_streams_is_found() -> None:
    left = chain(1, "left")
    link_free = append(decision(0, "left"), stream="right", after=Link(), author=AUTHOR, cause=Cause("e", "c"), now=NOW)
    with pytest.raises(IntegrityError, match="is already entry 1 of left"):
        verify([*left, link_free])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_json_never_enters(value: float) -> None:
    with pytest.raises(ContractError, match="canonical json"):
        append(
            Decision("Thing Judged", "a", "pass", "because", Body.model_construct(value=value), ("a",)),
            stream="a", after=Link(), author=AUTHOR, cause=Cause("event", "chain"), now=NOW,
        )  # fmt: skip


def test_a_state_is_the_fold_of_its_entries() -> None:
    assert refold(chain(4), FOLD) == Total(seen=4, last=4)


def test_a_state_that_grows_without_bound_is_refused() -> None:
    class Wide(BaseModel):
        text: str

    with pytest.raises(ContractError, match=str(MOST_STATE_BYTES)):
        snapshot(Wide(text="x" * (MOST_STATE_BYTES + 1)), stream="a")


def test_canonical_json_does_not_depend_on_order() -> None:
    assert (
        canonical({"b": 1, "a": [1.5, None, "ä"]})
        == canonical({"a": [1.5, None, "ä"], "b": 1})
        == '{"a":[1.5,null,"ä"],"b":1}'.encode()
    )
