"""The contract on a model's columns: what a batch must have, what it may have, and how that evolves. Pure.

The baseline in force says which columns are required, so a new baseline's columns are known at once. Columns that came
later are in the ledger, one `Schema Evolved` for each change, as optional ones. The ledger's head keeps of each only 12
hexadecimal digits of its name's hash and its type, and of 400 at most: it is small however wide the batches are.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from holdfast.batches.entries import MOST_ADDED, MOST_EVOLVED, ColumnAdded, ObjectRead, SchemaEvolved
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.logical import Change, Logical, change, logical
from holdfast.batches.policy import SchemaPolicy
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, called, shown
from holdfast.ledger.contract import Decision, Entry, Fold, identify

DIGITS = 12
JUDGED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})


class SchemaState(BaseModel):
    """The columns that came after the baseline, by the hash of their names; each as its type and `@version`."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int = 1
    optional: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class ContractColumn:
    """What a contract says of a column: its type, whether a batch must have it, and since which version."""

    type: Logical
    is_required: bool
    since: int


@dataclass(frozen=True, slots=True)
class Contract:
    """The columns a batch has to have, and may have."""

    version: int
    required: Mapping[str, ContractColumn]
    optional: Mapping[str, ContractColumn]

    @classmethod
    def of(cls, baseline: Baseline, state: SchemaState | None = None) -> "Contract":
        """Take the baseline's columns as required, and as optional what the contract has taken in since."""
        state = SchemaState() if state is None else state
        required = {name: ContractColumn(logical(column.type), True, 1) for name, column in baseline.columns.items()}
        return cls(state.version, required, {key: _remembered(said) for key, said in state.optional.items()})

    def column(self, name: str) -> ContractColumn | None:
        """Find what is said of a column."""
        return self.required.get(name) or self.optional.get(fingerprint(name))


def stream_of(model: str) -> str:
    """Name the stream of a model's contract."""
    return f"schema#{model}"


def fingerprint(name: str) -> str:
    """Give the few digits by which the ledger's head knows a column."""
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]


def evolve(state: SchemaState, entry: Entry) -> SchemaState:
    """Take a change of the contract in; other entries change nothing."""
    if entry.kind != SchemaEvolved.kind:
        return state
    body = SchemaEvolved.of(entry)
    kept = {key: said for key, said in state.optional.items() if key not in body.settled}
    added = {key: f"{word}@{body.version}" for key, word in body.fingerprints.items()}
    return SchemaState(version=body.version, optional=kept | added)


SCHEMA = Fold(SchemaState, 1, evolve)


def _remembered(said: str) -> ContractColumn:
    word, _, since = said.rpartition("@")
    return ContractColumn(Logical.spelled(word), False, int(since))


def checked(counts: Counts, contract: Contract, policy: SchemaPolicy, *, owner: str) -> list[ColumnResult]:
    """Say of each column that is not as the contract has it what that means, and who must act."""
    said = [*_lost(counts, contract, policy.critical, owner), *_present(counts, contract, policy, owner)]
    return sorted(said, key=lambda result: result.name)


def _lost(counts: Counts, contract: Contract, critical: Collection[str], owner: str) -> Iterator[ColumnResult]:
    for name in {*contract.required, *critical} - counts.columns.keys():
        yield _grave(name, "missing from the batch", counts.rows, owner, is_critical=name in critical)


def _present(counts: Counts, contract: Contract, policy: SchemaPolicy, owner: str) -> Iterator[ColumnResult]:
    for name, found in counts.columns.items():
        known = contract.column(name)
        if known is None:
            takes = policy.evolve == "optional" and len(contract.optional) < MOST_EVOLVED
            what = "the contract takes it in as optional" if takes else "not in the contract"
            yield _said(name, counts.rows, Level.NOTICE, f"a new column of {logical(found.type)}: {what}")
        elif (
            said := _changed(name, known, found, counts.rows, owner, is_critical=name in policy.critical)
        ) is not None:
            yield said
        elif not known.is_required:
            yield _said(name, counts.rows, Level.NONE, f"optional since version {known.since} of the contract")


def _changed(
    name: str, known: ContractColumn, found: CountedColumn, rows: int, owner: str, *, is_critical: bool
) -> ColumnResult | None:
    now = logical(found.type)
    how = change(known.type, now)
    if how is Change.SAME or found.kind is Kind.EMPTY:
        return None
    if how is Change.KIND:
        named = now if found.type.startswith("dictionary") else shown(found.type)
        told = f"{named}, expected {known.type}"
        if known.is_required or is_critical:
            return _grave(name, told, rows, owner, is_critical=is_critical)
        return _said(name, rows, Level.NOTICE, told)
    level = Level.NOTICE if how is Change.NARROWED else Level.NONE
    return _said(name, rows, level, f"{how}: {now}, expected {known.type}")


def _grave(name: str, told: str, rows: int, owner: str, *, is_critical: bool) -> ColumnResult:
    """Refuse the batch for a critical column and name who must act; for another it is drift."""
    if not is_critical:
        return _said(name, rows, Level.DRIFT, told, effect=1.0)
    must = f"{told}: {shown(owner)} must restore it, or take it out of schema.critical"
    return _said(name, rows, Level.QUARANTINED, must, effect=1.0)


def _said(name: str, rows: int, level: Level, detail: str, *, effect: float = 0.0) -> ColumnResult:
    return ColumnResult(name=called(name), test="schema", n=rows, effect=effect, level=level, detail=detail[:300])


def decide(
    state: SchemaState,
    *,
    model: str,
    counts: Counts,
    baseline: Baseline,
    sha256: str,
    source: ObjectRead,
    policy: SchemaPolicy,
    assessment: BatchAssessment,
) -> Decision | None:
    """Take the new columns of a batch that was judged sound enough into the contract; `None` if there are none.

    Two judges that see one change make one version: whoever comes second decides on the head that the first has
    written, and finds the columns known. A batch that was refused, or could not be judged, changes no contract.
    """
    if policy.evolve != "optional" or assessment.level not in JUDGED:
        return None
    settled = sorted({fingerprint(name) for name in baseline.columns} & state.optional.keys())
    room = MOST_EVOLVED - len(state.optional) + len(settled)
    new = [name for name in sorted(counts.columns) if name not in baseline.columns]
    new = [name for name in new if fingerprint(name) not in state.optional][: max(0, room)]
    if not new:
        return None
    words = {fingerprint(name): logical(counts.columns[name].type).word for name in new}
    named = tuple(ColumnAdded(name=called(name), type=counts.columns[name].type[:60]) for name in new)
    body = SchemaEvolved(
        model=model, version=state.version + 1, baseline=sha256, source=source, columns=named[:MOST_ADDED],
        columns_omitted=max(0, len(named) - MOST_ADDED), fingerprints=words, settled=tuple(settled),
    )  # fmt: skip
    facts = (model, str(state.version), identify(body.kind, *(f"{key}{word}" for key, word in sorted(words.items()))))
    return Decision(body.kind, model, "evolved", _reason(named, body.version), body, facts)


def _reason(named: Collection[ColumnAdded], version: int) -> str:
    first = ", ".join(f"{shown(column.name)} ({shown(column.type)})" for column in list(named)[:3])
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f"the contract takes {first}{more} in as optional: version {version}"
