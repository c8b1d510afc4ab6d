"""Whether a batch that is due has come."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.due import Seen, awaited, missed
from holdfast.batches.listing import Listed, Marker
from holdfast.batches.policy import BatchSource, Due
from holdfast.batches.sweep import WATCH, WatchState, expected_since
from holdfast.batches.watched import BatchAwaited, BatchMissed
from holdfast.ledger.contract import Cause, Entry
from holdfast.ledger.logic import Author, Link, append

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = Due(every_hours=24, grace_hours=2)
SOURCE = BatchSource(bucket="ml-data", prefix="in/", due=DUE)


def batch(at: datetime, key: str = "in/a.parquet") -> Listed:
    """List a batch that came at this time."""
    return Listed("ml-data", key, f"v-{at.isoformat()}", "e", 10, at)


class Watch:
    """A prefix watched since noon, swept whenever it is told to."""

    def __init__(self, source: BatchSource = SOURCE) -> None:
        self.source, self.entries = source, list[Entry]()
        self.state = WatchState(started_at=NOON)

    def sweep(self, now: datetime, *came: datetime, is_complete: bool = True) -> list[str]:
        """Sweep as the sweeper does, and name the outcomes that are recorded."""
        before = len(self.entries)
        seen = Seen(expected_since(self.source, self.state, now=now))
        seen = seen.with_page([batch(at) for at in came], self.source)
        seen = Seen(seen.since, seen.came, is_complete)
        assert self.source.due is not None
        self._commit(partial(awaited, seen=seen, model="bike", due=self.source.due), now)
        while self._commit(partial(missed, seen=seen, model="bike", source=self.source, now=now), now):
            pass
        return [entry.outcome for entry in self.entries[before:]]

    def _commit(self, step: partial, now: datetime) -> bool:  # type: ignore[type-arg]
        decision = step(self.state)
        if decision is None or decision.id in {entry.decision_id for entry in self.entries}:
            return False
        link = Link(len(self.entries), self.entries[-1].hash) if self.entries else Link()
        entry = append(decision, stream="w", after=link, author=Author("a", "m"), cause=Cause("e", "e"), now=now)
        self.entries.append(entry)
        self.state = WATCH.evolve(self.state, entry)
        return True


def test_a_deadline_that_passes_is_missed_once_however_often_one_looks() -> None:
    watch = Watch()
    assert watch.sweep(NOON) == ["expected"]
    assert watch.sweep(NOON + 26 * HOUR) == [], "not before the deadline has passed"
    assert watch.sweep(NOON + 27 * HOUR) == ["missed"]
    assert watch.sweep(NOON + 28 * HOUR) == []
    assert watch.sweep(NOON + 49 * HOUR) == []
    assert watch.sweep(NOON + 51 * HOUR) == ["missed"], "the next day's is another"
    first, second = (BatchMissed.of(entry) for entry in watch.entries if entry.outcome == "missed")
    assert (first.deadline, second.deadline) == (NOON + 26 * HOUR, NOON + 50 * HOUR)


def test_a_batch_in_time_moves_the_deadline() -> None:
    watch = Watch()
    watch.sweep(NOON)
    assert watch.sweep(NOON + 25 * HOUR, NOON + 20 * HOUR) == ["in_time"]
    assert watch.sweep(NOON + 45 * HOUR) == []
    assert watch.sweep(NOON + 47 * HOUR) == ["missed"]


def test_a_batch_that_comes_after_it_was_missed_is_seen_to_be_late() -> None:
    watch = Watch()
    watch.sweep(NOON)
    watch.sweep(NOON + 27 * HOUR)
    assert watch.sweep(NOON + 31 * HOUR, NOON + 30 * HOUR) == ["late"]
    body = BatchAwaited.of(watch.entries[-1])
    assert (body.since, body.late_for) == (NOON + 30 * HOUR, NOON + 26 * HOUR)
    assert watch.sweep(NOON + 32 * HOUR, NOON + 30 * HOUR) == []


def test_a_batch_that_came_late_between_two_looks_is_late_although_nobody_missed_it() -> None:
    watch = Watch()
    watch.sweep(NOON)
    assert watch.sweep(NOON + 29 * HOUR, NOON + 28 * HOUR) == ["late"]


def test_batches_that_came_in_time_while_nobody_looked_are_not_late() -> None:
    watch = Watch()
    watch.sweep(NOON)
    assert watch.sweep(NOON + 73 * HOUR, *(NOON + 24 * day * HOUR for day in (1, 2, 3))) == ["in_time"]


def test_from_a_listing_that_was_cut_short_nothing_is_missed_and_nothing_is_late() -> None:
    watch = Watch()
    assert watch.sweep(NOON, is_complete=False) == ["expected"]
    assert watch.sweep(NOON + 90 * HOUR, is_complete=False) == []
    assert watch.sweep(NOON + 91 * HOUR, NOON + 89 * HOUR, is_complete=False) == [], "one in time may be on the rest"
    assert watch.sweep(NOON + 92 * HOUR, NOON + 89 * HOUR) == ["late"]


def test_what_was_missed_is_late_wherever_it_is_seen() -> None:
    watch = Watch()
    watch.sweep(NOON)
    watch.sweep(NOON + 27 * HOUR)
    assert watch.sweep(NOON + 29 * HOUR, NOON + 28 * HOUR, is_complete=False) == ["late"]


def test_what_an_earlier_sweep_left_unsaid_is_no_gap() -> None:
    """One came every hour; only the newest are kept for the sweep that ends the listing."""
    hourly = [batch(NOON + hour * HOUR) for hour in range(1, 60)]
    state = WatchState(awaited_since=NOON)
    seen = Seen(NOON, began_at=NOON + 60 * HOUR).with_page(hourly, SOURCE).kept()
    assert (len(seen.came), seen.is_cut) == (20, True)
    told = Seen.going_on(
        state.model_copy(update={"came": seen.told(), "is_cut": True, "began_at": seen.began_at}),
        Marker("in/b", None), bucket="ml-data", since=NOON, now=NOON + 62 * HOUR,
    )  # fmt: skip
    decision = awaited(state, told.ended(None), model="bike", due=DUE)
    assert decision is not None
    assert decision.outcome == "in_time", "39 hours lie before the first that is kept, and nobody was late"


def test_what_came_while_a_long_listing_was_under_way_is_judged_by_the_next_one() -> None:
    """Where the sweeps had been already another may have come in time, which made the next deadline a later one."""
    state, began, late = WatchState(awaited_since=NOON), NOON + 25 * HOUR, batch(NOON + 27 * HOUR)
    seen = Seen(NOON, began_at=began).with_page([late], SOURCE)
    assert seen.kept().came == (), "nor does it take the room of those that came before"
    assert awaited(state, seen.ended(None), model="bike", due=DUE) is None
    in_time = batch(NOON + 26 * HOUR, "in/0.parquet")
    later = Seen(NOON, began_at=NOON + 28 * HOUR).with_page([in_time, late], SOURCE)
    decision = awaited(state, later.ended(None), model="bike", due=DUE)
    assert decision is not None
    assert decision.outcome == "in_time"


def test_what_one_sweep_leaves_to_the_next_has_a_bound_however_long_the_names_are() -> None:
    long = [batch(NOON + hour * HOUR, f"in/{'ä' * 500}{hour}.parquet") for hour in range(1, 60)]
    seen = Seen(NOON).with_page(long, SOURCE).kept()
    assert 1 <= len(seen.came) < 20
    assert seen.came[-1] == long[-1]
    assert len(repr([one.model_dump_json() for one in seen.told()])) < 16 * 1024


def test_of_a_listing_of_which_nobody_knows_when_it_began_nothing_follows() -> None:
    seen = Seen.going_on(WatchState(), Marker("in/b", None), bucket="ml-data", since=NOON, now=NOON)
    assert not seen.ended(None).is_complete


@pytest.mark.parametrize("key", ["in/", "in/notes.txt", "in/quarantine/a.parquet"])
def test_what_is_no_batch_meets_no_deadline(key: str) -> None:
    seen = Seen(NOON).with_page([batch(NOON + HOUR, key)], SOURCE)
    assert seen.came == ()


def test_of_a_folder_its_marker_is_the_batch() -> None:
    source = BatchSource(bucket="ml-data", prefix="in/", due=DUE, closed_by="success")
    page = [batch(NOON + HOUR, "in/d/part-0.parquet"), batch(NOON + 2 * HOUR, "in/d/_SUCCESS")]
    assert [one.key for one in Seen(NOON).with_page(page, source).came] == ["in/d/_SUCCESS"]


def test_what_came_before_the_watch_began_is_no_promise() -> None:
    watch = Watch()
    assert watch.sweep(NOON + HOUR, NOON - 5 * HOUR) == ["expected"]


def test_without_batches_for_long_a_sweep_tells_of_the_last_deadlines_only() -> None:
    watch = Watch()
    watch.sweep(NOON)
    assert watch.sweep(NOON + 24 * 100 * HOUR) == ["missed"] * 24


@given(
    st.lists(st.integers(1, 24 * 9), max_size=8), st.lists(st.integers(1, 24 * 10), min_size=1, max_size=12)
)  # fmt: skip
def test_whenever_one_looks_each_deadline_is_missed_at_most_once_and_only_after_it_passed(
    came: list[int], looks: list[int]
) -> None:
    watch = Watch()
    watch.sweep(NOON)
    arrivals = sorted(NOON + hours * HOUR for hours in set(came))
    for now in sorted(NOON + hours * HOUR for hours in set(looks)):
        watch.sweep(now, *(at for at in arrivals if at <= now))
    said = [BatchMissed.of(entry) for entry in watch.entries if entry.outcome == "missed"]
    assert len({(one.since, one.due_at) for one in said}) == len(said)
    for one in said:
        assert one.looked_at > one.deadline
        assert not [at for at in arrivals if one.since < at <= one.looked_at]
