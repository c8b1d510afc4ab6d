"""What an arrival means, and when a verdict is news."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.contract import TABULAR, BatchArrived
from holdfast.batches.entries import MOST_COLUMNS, BatchJudged, ObjectRead
from holdfast.batches.logic import (
    BATCH,
    BatchState,
    Described,
    Subject,
    Verdict,
    beyond_us,
    decide,
    governing,
    subject_of,
    untouched,
)
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import Cause
from holdfast.ledger.logic import MOST_ENTRY_BYTES, Author, Link, append, digest
from holdfast.manifest import Manifest
from holdfast.shared.canonical import canonical

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNT = "123456789012"
MANIFEST = Manifest.model_validate(
    {
        "buckets": [{"name": "ml-data", "region": "eu-west-1"}, {"name": "other", "region": "eu-west-1"}],
        "models": {
            name: {
                "owner": "team",
                "batches": {"bucket": "ml-data", "prefix": prefix},
                "reference": "s3://ml-data/reference.parquet",
            }
            for name, prefix in {"wide": "in/", "narrow": "in/narrow/"}.items()
        },
    }
)


def arrived(**changes: Any) -> BatchArrived:
    """Tell of a new batch of both models."""
    told: dict[str, Any] = {
        "happened": "Object Created", "account": ACCOUNT, "region": "eu-west-1", "bucket": "ml-data",
        "key": "in/narrow/a.parquet", "version_id": "v1", "etag": "e1", "size": 10, "sequencer": None, "time": NOON,
        "event_id": "event-1",
    }  # fmt: skip
    return BatchArrived(**{**told, **changes})


def judged(level: Level = Level.NONE, *, etag: str = "e1", waits_for: Any = None, columns: int = 0) -> BatchJudged:
    """Say what a batch is worth."""
    results = tuple(column(number) for number in range(columns))
    assessment = BatchAssessment(level=level, n=100, reason="because", tests=columns, columns=results)
    source = ObjectRead(bucket="ml-data", key="in/a.parquet", version_id="v1", etag=etag)
    body = Verdict.of(assessment, Described(source, 10, NOON), model="wide", baseline="a" * 64).body
    return body.model_copy(update={"waits_for": waits_for})


def column(number: int) -> ColumnResult:
    """Say something long of a column."""
    return ColumnResult(
        name=f"{number}" + "\x01" * 190, test="ks", n=100, effect=0.5, level=Level.DRIFT, detail="\x01" * 300
    )


def parts(number: int) -> tuple[ObjectRead, ...]:
    """Name so many parts by keys as long as S3 lets them be."""
    return tuple(
        ObjectRead(bucket="b", key=f"{at:06}".ljust(1024, "k"), version_id="v", etag="e") for at in range(number)
    )


def record(state: BatchState, body: BatchJudged, *, sequence: int) -> tuple[BatchState, str | None]:
    """Take a verdict as the ledger would and give the new state and the decision's id."""
    decision = decide(state, body, reason="because")
    if decision is None:
        return state, None
    entry = append(
        decision,
        stream="batches#x",
        after=Link(sequence - 1),
        author=Author("judge", "m"),
        cause=Cause("e", "e"),
        now=NOON,
    )
    return BATCH.evolve(state, entry), decision.id


def test_an_object_is_a_batch_of_every_model_whose_prefix_covers_it() -> None:
    assert set(governing(arrived(), MANIFEST, account=ACCOUNT).models) == {"wide", "narrow"}
    assert set(governing(arrived(key="in/a.parquet"), MANIFEST, account=ACCOUNT).models) == {"wide"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": "999999999999"}, "the event is of account '999999999999', expected 123456789012"),
        ({"bucket": "other"}, "no model has its batches there"),
        ({"key": "elsewhere/a.parquet"}, "no model has its batches there"),
        ({"key": "in/", "size": 0}, "a folder key holds no data"),
        ({"size": 0}, "the object is empty"),
        ({"key": "in/readme.md"}, f"not tabular: the key ends in none of {', '.join(TABULAR)}"),
        ({"happened": "Object Deleted"}, "Object Deleted: no new object"),
    ],
)
def test_what_is_no_batch_is_passed_over_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    found = governing(arrived(**changes), MANIFEST, account=ACCOUNT)
    assert not found.models
    assert reason in found.reasons


def test_a_notification_that_names_no_account_is_judged() -> None:
    assert governing(arrived(account=None), MANIFEST, account=ACCOUNT).models


def test_a_bucket_without_versions_has_one_stream_per_key() -> None:
    without = subject_of(arrived(version_id=None), "wide")
    assert without == Subject("wide", "ml-data", "in/narrow/a.parquet", "null")
    assert without.stream == "batches#wide/ml-data/in/narrow/a.parquet@null"


@pytest.mark.parametrize("level", [level for level in Level if level != Level.UNKNOWN])
def test_a_final_verdict_stands_whatever_comes_after(level: Level) -> None:
    state, first = record(BatchState(), judged(level), sequence=1)
    assert first is not None
    for other in Level:
        assert decide(state, judged(other), reason="again") is None


def test_unknown_is_judged_again_and_said_once_for_each_want() -> None:
    state, first = record(BatchState(), judged(Level.UNKNOWN, waits_for="baseline"), sequence=1)
    state, again = record(state, judged(Level.UNKNOWN, waits_for="baseline"), sequence=2)
    assert (first is not None, again) == (True, None)
    state, denied = record(state, judged(Level.UNKNOWN, waits_for="permission"), sequence=2)
    state, final = record(state, judged(Level.DRIFT), sequence=3)
    assert len({first, denied, final}) == 3
    assert state == BatchState(departed=3, level=Level.DRIFT, waits_for=None, etag="e1", verdict=final)


def test_other_content_under_the_same_name_is_another_batch() -> None:
    state, first = record(BatchState(), judged(Level.DRIFT, etag="e1"), sequence=1)
    state, second = record(state, judged(Level.DRIFT, etag="e2"), sequence=2)
    state, third = record(state, judged(Level.DRIFT, etag="e1"), sequence=3)
    assert len({first, second, third}) == 3


def test_the_decision_is_made_of_business_facts_alone() -> None:
    one, two = (decide(BatchState(), judged(level), reason=level) for level in (Level.NONE, Level.DRIFT))
    assert one is not None
    assert two is not None
    assert one.id == two.id, "two judges of one version at one point can record one verdict only"


def test_entries_stay_under_the_bound_however_many_and_long_the_columns() -> None:
    body = judged(Level.DRIFT, columns=2000)
    assert (len(body.columns), body.columns_omitted) == (MOST_COLUMNS, 2000 - MOST_COLUMNS)
    decision = decide(BatchState(), body, reason="because")
    assert decision is not None
    entry = append(decision, stream="b", after=Link(), author=Author("a", "m"), cause=Cause("e", "e"), now=NOON)
    assert len(canonical(entry.model_dump(mode="json"))) < MOST_ENTRY_BYTES
    with_parts = judged(Level.DRIFT, columns=MOST_COLUMNS).model_copy(update={"parts": parts(140)})
    said = decide(BatchState(), with_parts, reason="\x01" * 1000)
    assert said is not None
    body = BatchJudged.model_validate(said.body.model_dump())
    assert len(canonical(said.body.model_dump(mode="json"))) < 280 * 1024
    assert len(body.parts) == 140, "what was read is never left out"
    assert 0 < len(body.columns) < MOST_COLUMNS
    assert len(body.columns) + body.columns_omitted == MOST_COLUMNS
    assert entry.hash == digest(entry)


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        ("a.parquet", 10, None),
        ("A.PARQUET", 10, None),
        ("a.csv", 10, None),
        ("a.CSV.gz", 10, None),
        ("a.jsonl", 10, None),
        ("a.orc", 10, "only .parquet, .csv, .csv.gz, .jsonl, .jsonl.gz, .ndjson, .ndjson.gz are judged"),
        ("a.parquet", 2 * 1024**3, "the object has 2147483648 bytes, beyond our limit of 536870912"),
    ],
)
def test_what_lies_beyond_us_says_so(key: str, size: int, reason: str | None) -> None:
    source = ObjectRead(bucket="b", key=key, version_id="v", etag="e")
    assert beyond_us(Described(source, size, NOON)) == reason


def test_an_unjudged_batch_keeps_its_object_and_time() -> None:
    source = ObjectRead(bucket="b", key="k", version_id="v", etag="e")
    body = Verdict.lacking("baseline", "no baseline yet", Described(source, 10, NOON), model="m").body
    assert (body.level, body.object_time, body.baseline, body.waits_for) == (Level.UNKNOWN, NOON, None, "baseline")


@given(st.lists(st.sampled_from([*Level]), max_size=8))
def test_a_verdict_never_changes_once_it_is_final(levels: list[Level]) -> None:
    state, sequence = BatchState(), 0
    for level in levels:
        before = state
        state, decided = record(
            state, judged(level, waits_for="baseline" if level == Level.UNKNOWN else None), sequence=sequence + 1
        )
        sequence += decided is not None
        if before.is_final("e1"):
            assert state == before


def test_an_object_that_may_not_be_read_keeps_what_the_event_says() -> None:
    told = untouched(arrived(etag='"e1"'), "denied: s3:GetObjectVersion", model="wide", now=NOON)
    assert (told.body.size, told.body.object_time, told.body.etag, told.body.waits_for) == (
        10,
        NOON,
        "e1",
        "permission",
    )
    assert told.reason == "denied: s3:GetObjectVersion"
    silent = untouched(arrived(size=None, time=None), "denied", model="wide", now=NOON)
    assert (silent.body.size, silent.body.object_time) == (0, NOON)
