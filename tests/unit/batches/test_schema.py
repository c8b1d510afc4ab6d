"""The contract: what a batch must have, may have, and how it comes to have more."""

import pyarrow as pa
import pytest

from holdfast.batches.entries import ObjectRead, SchemaEvolved
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import SchemaPolicy
from holdfast.batches.schema import SCHEMA, Contract, SchemaState, checked, decide, stream_of
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level, called
from holdfast.ledger.contract import Decision, Entry
from holdfast.shared.canonical import canonical
from tests.conftest import NOON

REFERENCE = pa.table({"id": pa.array([1, 2], pa.int32()), "x": [0.5, 1.5], "word": ["a", "b"]})
BASELINE = Baseline.of(REFERENCE)
SHA = "ab" * 32
SOURCE = ObjectRead(bucket="ml-data", key="in/1.parquet", version_id="v1", etag="e")
OPTIONAL = SchemaPolicy(evolve="optional")


def judged(
    table: pa.Table, policy: SchemaPolicy = OPTIONAL, state: SchemaState | None = None
) -> dict[str, ColumnResult]:
    """Hold a table against the contract."""
    counts = Counts.of(BASELINE, table)
    return {one.name: one for one in checked(counts, Contract.of(BASELINE, state), policy, owner="mobility-team")}


def decided(
    table: pa.Table,
    state: SchemaState,
    *,
    policy: SchemaPolicy = OPTIONAL,
    level: Level = Level.NOTICE,
    baseline: Baseline = BASELINE,
) -> Decision | None:
    """Decide what a batch changes."""
    assessment = BatchAssessment(level=level, n=table.num_rows, reason="so")
    counts = Counts.of(baseline, table)
    return decide(
        state, model="bike", counts=counts, baseline=baseline, sha256=SHA, source=SOURCE, policy=policy,
        assessment=assessment,
    )  # fmt: skip


def recorded(state: SchemaState, decision: Decision | None, *, sequence: int = 1) -> SchemaState:
    """Fold a decision as the ledger would."""
    assert decision is not None
    entry = Entry(
        stream=stream_of("bike"), sequence=sequence, previous="0" * 64, decision_id=decision.id, kind=decision.kind,
        subject=decision.subject, outcome=decision.outcome, reason=decision.reason,
        body=decision.body.model_dump(mode="json"), actor="judge", cause="c", correlation_id="c", recorded_at=NOON,
        manifest="m", hash="0" * 64,
    )  # fmt: skip
    return SCHEMA.evolve(state, entry)


def with_column(name: str, values: pa.Array | None = None) -> pa.Table:
    """Give the reference one column more."""
    return REFERENCE.append_column(name, pa.array([1, 2]) if values is None else values)


def test_what_is_as_agreed_is_silent_in_any_order_and_form() -> None:
    turned = REFERENCE.select(["word", "x", "id"])
    forms = turned.set_column(0, "word", turned["word"].cast(pa.large_string()).combine_chunks().dictionary_encode())
    assert judged(REFERENCE) == judged(turned) == judged(forms) == {}


def test_a_wider_type_is_told_and_passes_and_a_narrower_one_is_noticed() -> None:
    wider = REFERENCE.set_column(0, "id", REFERENCE["id"].cast(pa.int64()))
    assert [(one.level, one.detail) for one in judged(wider).values()] == [
        (Level.NONE, "widened: int64, expected int32")
    ]
    narrower = REFERENCE.set_column(1, "x", REFERENCE["x"].cast(pa.float32()))
    assert judged(narrower)["x"].level is Level.NOTICE


def test_a_critical_column_that_is_lost_or_of_another_kind_blocks_and_names_the_owner() -> None:
    policy = SchemaPolicy(critical=("x", "word"))
    found = judged(REFERENCE.select(["id", "x"]), policy)["word"]
    assert found.level is Level.QUARANTINED
    assert found.detail.startswith("missing from the batch: mobility-team must restore it")
    texts = REFERENCE.set_column(1, "x", pa.array(["0.5", "1.5"]))
    assert judged(texts, policy)["x"].detail.startswith("string, expected float64: mobility-team must")
    assert judged(texts, policy)["x"].level is Level.QUARANTINED


def test_of_another_column_it_is_drift() -> None:
    assert judged(REFERENCE.select(["id", "x"]))["word"].level is Level.DRIFT
    assert judged(REFERENCE.set_column(1, "x", pa.array(["0.5", "1.5"])))["x"].level is Level.DRIFT


def test_a_new_column_evolves_the_contract_once() -> None:
    batch, state = with_column("extra"), SchemaState()
    assert judged(batch)["extra"].level is Level.NOTICE
    decision = decided(batch, state)
    evolved = recorded(state, decision)
    assert evolved.version == 2
    assert decided(batch, evolved) is None
    assert judged(batch, state=evolved)["extra"].level is Level.NONE
    assert judged(REFERENCE, state=evolved) == {}, "it may be there or not"


def test_the_entry_says_what_was_added_by_which_batch() -> None:
    decision = decided(with_column("extra"), SchemaState())
    assert decision is not None
    assert isinstance(decision.body, SchemaEvolved)
    assert [(one.name, one.type) for one in decision.body.columns] == [("extra", "int64")]
    assert (decision.body.version, decision.body.source, decision.body.baseline) == (2, SOURCE, SHA)
    assert decision.reason == "the contract takes extra (int64) in as optional: version 2"


def test_two_judges_of_one_change_decide_alike_and_the_second_finds_it_done() -> None:
    first, second = decided(with_column("extra"), SchemaState()), decided(with_column("extra"), SchemaState())
    assert first is not None
    assert second is not None
    assert first.id == second.id
    assert decided(with_column("extra"), recorded(SchemaState(), second)) is None


def test_another_type_of_an_optional_column_is_noticed_each_time() -> None:
    state = recorded(SchemaState(), decided(with_column("extra"), SchemaState()))
    changed = with_column("extra", pa.array(["1", "2"]))
    assert (judged(changed, state=state)["extra"].level, decided(changed, state)) == (Level.NOTICE, None)


def test_without_leave_to_evolve_a_new_column_is_noticed_each_time() -> None:
    policy = SchemaPolicy()
    assert decided(with_column("extra"), SchemaState(), policy=policy) is None
    assert judged(with_column("extra"), policy)["extra"].detail == "a new column of int64: not in the contract"


@pytest.mark.parametrize("level", [Level.QUARANTINED, Level.UNKNOWN, Level.NOT_ENOUGH_DATA])
def test_a_batch_that_is_not_sound_changes_no_contract(level: Level) -> None:
    assert decided(with_column("extra"), SchemaState(), level=level) is None


def test_a_new_baseline_knows_its_columns_and_the_head_forgets_them() -> None:
    state = recorded(SchemaState(), decided(with_column("extra"), SchemaState()))
    newer = Baseline.of(with_column("extra"))
    assert Contract.of(newer, state).column("extra") == Contract.of(newer).column("extra")
    more = with_column("extra").append_column("other", pa.array([1, 2]))
    assert [*recorded(state, decided(more, state, baseline=newer)).optional.values()] == ["int64@3"]


def test_the_head_stays_small_however_many_columns_come() -> None:
    names = [f"{at:05}-{'é' * 300}" for at in range(10_000)]
    wide = pa.table({**{name: [1, 2] for name in REFERENCE.column_names}, **dict.fromkeys(names, pa.array([1, 2]))})
    decision = decided(wide, SchemaState())
    assert decision is not None
    assert len(canonical(decision.body.model_dump(mode="json"))) < 64_000
    state = recorded(SchemaState(), decision)
    assert len(canonical(state.model_dump(mode="json"))) < 16_000
    assert decided(wide, state) is None, "what is beyond the bound stays a notice"
    assert judged(wide, state=state)[called(names[-1])].detail == "a new column of int64: not in the contract"
    assert judged(wide, state=state)[called(names[0])].level is Level.NONE


def test_a_critical_columns_owner_is_named_however_its_type_is_written() -> None:
    owner = "mobility-data-platform-team@a-company-with-a-long-name.example"
    baseline = Baseline.of(pa.table({"season": [1, 2]}))
    counts = Counts.of(baseline, pa.table({"season": pa.array(["a", "b"]).dictionary_encode()}))
    said = checked(counts, Contract.of(baseline), SchemaPolicy(critical=("season",)), owner=owner)
    assert said[0].detail.startswith(f"text, expected int64: {owner[:40]}")
