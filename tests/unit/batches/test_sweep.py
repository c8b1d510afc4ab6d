"""Which versions wait for a verdict."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.batches import sweep
from holdfast.batches.contract import BatchArrived, ignored
from holdfast.batches.listing import Listed, Marker
from holdfast.batches.logic import BatchState
from holdfast.batches.policy import BatchSource
from holdfast.batches.sweep import GRACE, PERIOD, WATCH, Search, WatchState, as_event, in_turn
from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Cause, Decision
from holdfast.ledger.logic import Author, Link, append

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = BatchSource(bucket="ml-data", prefix="in/")
EARLIER = NOON - timedelta(days=2)


def listed(key: str = "in/a.parquet", *, modified: datetime = EARLIER, size: int = 10) -> Listed:
    """List one version."""
    return Listed("ml-data", key, "v1", "e1", size, modified)


def search(*, has_baseline: bool = True, is_whole: bool = False) -> Search:
    """Look for what has waited since a week."""
    return Search(SOURCE, NOON - timedelta(days=7), NOON, has_baseline, is_whole)


def take(state: WatchState, decision: Decision | None, *, sequence: int) -> WatchState:
    """Record a decision about the watch."""
    assert decision is not None
    after = Link(sequence - 1)
    entry = append(decision, stream="w", after=after, author=Author("a", "m"), cause=Cause("e", "e"), now=NOON)
    return WATCH.evolve(state, entry)


@pytest.mark.parametrize("key", ["in/", "in/readme.md", "in/quarantine/a.parquet", "in/_SUCCESS"])
def test_what_is_no_batch_is_not_looked_up(key: str) -> None:
    assert search().regards(listed())
    assert not search().regards(listed(key))
    assert not search().regards(listed(size=0))


@pytest.mark.parametrize(
    ("age", "wanted"),
    [(timedelta(days=8), False), (timedelta(days=7), True), (GRACE, True), (GRACE - timedelta(seconds=1), False)],
)
def test_a_version_never_judged_is_wanted_from_the_start_of_the_watch_to_a_moment_ago(
    age: timedelta, wanted: bool
) -> None:
    assert search().wants(listed(modified=NOON - age), BatchState()) is wanted


@pytest.mark.parametrize("level", [level for level in Level if level != Level.UNKNOWN])
def test_a_final_verdict_is_never_asked_for_again(level: Level) -> None:
    assert not search().wants(listed(), BatchState(departed=1, level=level, etag="e1"))


@pytest.mark.parametrize(
    ("waits_for", "has_baseline", "wanted"),
    [("baseline", True, True), ("baseline", False, False), ("permission", False, True), ("support", True, False)],
)
def test_an_unknown_verdict_is_asked_for_again_when_that_can_help(
    waits_for: Any, has_baseline: bool, wanted: bool
) -> None:
    state = BatchState(departed=1, level=Level.UNKNOWN, waits_for=waits_for, etag="e1")
    assert search(has_baseline=has_baseline).wants(listed(modified=NOON), state) is wanted


def test_content_overwritten_in_a_bucket_without_versions_is_wanted() -> None:
    assert search().wants(listed(), BatchState(departed=1, level=Level.NONE, etag="other"))


def test_a_new_baseline_is_for_what_waits_for_it_however_old_and_for_nothing_else() -> None:
    old = listed(modified=NOON - timedelta(days=900))
    waiting = BatchState(departed=1, level=Level.UNKNOWN, waits_for="baseline", etag="e1")
    assert not search().regards(old)
    assert search(is_whole=True).regards(old)
    assert search(is_whole=True).wants(old, waiting)
    assert not search(is_whole=True).wants(old, BatchState())


def test_the_watch_starts_once_and_a_period_is_allowed_for_the_first_tick() -> None:
    decision = sweep.start(WatchState(), model="bike", source=SOURCE)
    watched = take(WatchState(), decision, sequence=1)
    assert sweep.start(watched, model="bike", source=SOURCE) is None
    assert sweep.since(SOURCE, watched, now=NOON + timedelta(days=9)) == NOON - PERIOD


def test_since_a_date_is_that_date() -> None:
    source = SOURCE.model_copy(update={"since": EARLIER})
    assert sweep.since(source, WatchState(started_at=NOON), now=NOON) == EARLIER


def test_a_long_listing_goes_on_where_it_stopped() -> None:
    here = Marker("in/m.parquet", "v9")
    paused = take(WatchState(), sweep.pause(WatchState(), model="bike", marker=here, is_whole=False), sequence=1)
    assert paused.marker == here
    assert sweep.pause(paused, model="bike", marker=here, is_whole=False) is None
    finished = take(paused, sweep.pause(paused, model="bike", marker=None, is_whole=False), sequence=2)
    assert finished.marker is None
    assert sweep.pause(finished, model="bike", marker=None, is_whole=False) is None
    again = sweep.pause(finished, model="bike", marker=here, is_whole=False)
    assert again is not None
    assert again.id != sweep.pause(WatchState(), model="bike", marker=here, is_whole=False).id  # type: ignore[union-attr]


def test_a_sweep_for_a_new_baseline_goes_on_as_one() -> None:
    here = Marker("in/m.parquet", "v9")
    paused = take(WatchState(), sweep.pause(WatchState(), model="bike", marker=here, is_whole=True), sequence=1)
    assert paused.is_whole
    finished = take(paused, sweep.pause(paused, model="bike", marker=None, is_whole=True), sequence=2)
    assert (finished.marker, finished.is_whole) == (None, False)


@pytest.mark.parametrize("key", ["in/a b+c%2F.parquet", "in/$(rm -rf).parquet", "in/ü\n<b>.parquet"])
def test_the_judge_understands_what_the_sweep_tells(key: str) -> None:
    (arrived,) = BatchArrived.receive(as_event(listed(key), account="123456789012", event_id="tick-1", now=NOON))
    assert (arrived.key, arrived.version_id, arrived.etag, arrived.size) == (key, "v1", "e1", 10)
    assert (arrived.account, arrived.event_id, arrived.time) == ("123456789012", "tick-1", NOON)
    assert ignored(arrived, below="in/") is None


def test_each_model_comes_first_in_its_hour() -> None:
    firsts = [in_turn("cab", now=NOON + timedelta(hours=hour))[0] for hour in range(3)]
    assert sorted(firsts) == ["a", "b", "c"]
    assert in_turn([], now=NOON) == []
