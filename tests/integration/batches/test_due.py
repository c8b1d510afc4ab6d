"""With every event lost, a batch that never came is found, once, and seen when it comes late."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from tests.integration.batches.conftest import BUCKET, MANIFEST, MODEL, PREFIX, House, forget, parquet
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once


@pytest.fixture
def governed() -> dict[str, Any]:
    """Let a batch be due every day."""
    said = copy.deepcopy(MANIFEST)
    said["models"][MODEL]["batches"]["due"] = {"every_hours": 24, "grace_hours": 2}  # type: ignore[index]
    return said


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Give a clock that stands where it is put."""
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def watched(clock: time_machine.Traveller, house: House) -> House:
    """Give a house that is watched since noon."""
    house.sweep()
    return house


def awaited(house: House) -> list[str]:
    """Name what is on record of batches that are due."""
    kinds = ("Batch Awaited", "Batch Missed")
    return [one.outcome for one in house.entries("watch") if one.kind in kinds]


def hours(clock: time_machine.Traveller, number: float) -> None:
    """Let time pass."""
    clock.shift(number * 3600)


def test_a_batch_that_never_came_is_missed_once(clock: Any, watched: House) -> None:
    hours(clock, 26)
    watched.sweep()
    assert awaited(watched) == ["expected"], "the deadline is not over yet"
    hours(clock, 1)
    watched.sweep()
    watched.sweep()
    assert awaited(watched) == ["expected", "missed"]
    (missed,) = [one for one in watched.entries("watch") if one.kind == "Batch Missed"]
    assert (missed.subject, missed.body["deadline"]) == (MODEL, "2026-03-03T14:00:00Z")


def test_one_that_comes_late_is_seen(clock: Any, watched: House) -> None:
    hours(clock, 27)
    watched.sweep()
    hours(clock, 1)
    watched.put(parquet(seed=2))
    hours(clock, 1)
    watched.sweep()
    watched.sweep()
    assert awaited(watched) == ["expected", "missed", "late"]


def test_one_that_is_refused_has_come_all_the_same(clock: Any, watched: House) -> None:
    hours(clock, 20)
    watched.judge(watched.put(b"no table"))
    hours(clock, 10)
    watched.sweep()
    assert awaited(watched) == ["expected", "in_time"]


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"])
def test_where_nothing_can_be_listed_nothing_is_missed(clock: Any, watched: House, code: str) -> None:
    def refused(**_: Any) -> None:
        status = 403 if code == "AccessDenied" else 503
        raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "List")

    hours(clock, 90)
    watched.s3.meta.events.register("before-call.s3.ListObjectVersions", refused)
    assert watched.sweep() == ["message-0"]
    watched.s3.meta.events.unregister("before-call.s3.ListObjectVersions", refused)
    assert awaited(watched) == ["expected"]


def test_a_listing_that_stops_at_its_bound_says_nothing_of_what_it_did_not_see(
    clock: Any, watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put(parquet(seed=2), f"{PREFIX}a.parquet")
    watched.put(parquet(seed=3), f"{PREFIX}b.parquet")
    real = watched.s3.list_object_versions
    monkeypatch.setattr(watched.s3, "list_object_versions", lambda **asked: real(**asked, MaxKeys=1))
    monkeypatch.setattr("holdfast.batches.sweeper.MOST_SENT", 0)
    hours(clock, 90)
    watched.sweep()
    assert "missed" not in awaited(watched)


@pytest.fixture
def in_pieces(watched: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Let a sweep come no further than two versions, and the prefix hold seven old ones."""
    for number in range(7):
        watched.put(parquet(seed=2, rows=10), f"{PREFIX}{number}.parquet")
    watched.sweep()
    small = watched.s3.meta.events
    small.register("provide-client-params.s3.ListObjectVersions", lambda params, **_: params.__setitem__("MaxKeys", 2))
    monkeypatch.setattr("holdfast.batches.sweeper.MOST_SENT", 0)
    return watched


def test_a_prefix_longer_than_a_sweep_is_looked_through_by_several_and_then_the_missing_batch_is_told(
    clock: Any, in_pieces: House
) -> None:
    hours(clock, 27)
    said = []
    for _ in range(4):
        in_pieces.sweep()
        said.append(awaited(in_pieces).count("missed"))
        hours(clock, 1)
    assert said == [0, 0, 0, 1], "nothing is claimed before the end was seen"


def test_a_batch_that_only_an_earlier_one_of_several_sweeps_saw_has_come(clock: Any, in_pieces: House) -> None:
    hours(clock, 20)
    in_pieces.put(parquet(seed=3, rows=10), f"{PREFIX}00.parquet")
    hours(clock, 7)
    for _ in range(4):
        in_pieces.sweep()
        hours(clock, 1)
    assert awaited(in_pieces)[-1] == "in_time"
    assert "missed" not in awaited(in_pieces)


def test_one_that_comes_where_the_sweeps_have_been_already_is_seen_by_the_next_ones(
    clock: Any, in_pieces: House
) -> None:
    hours(clock, 24)
    in_pieces.sweep()
    hours(clock, 1)
    in_pieces.put(parquet(seed=3, rows=10), f"{PREFIX}00.parquet")
    hours(clock, 2)
    for _ in range(8):
        in_pieces.sweep()
        hours(clock, 1)
    assert "missed" not in awaited(in_pieces), "the deadline passed after the first of the sweeps had begun"
    assert awaited(in_pieces)[-1] == "in_time"


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_each_deadline_is_missed_once(clock: Any, house: House, moment: Moment) -> None:
    def again() -> None:
        house.forget_all()
        clock.move_to("2026-03-02T12:00:00Z")
        house.sweep()
        hours(clock, 51)
        forget()

    again()
    calls = count_calls(house.sweep)
    for at in range(calls):
        again()
        kill_once(house.sweep, at=at, moment=moment)
        forget()
        assert house.sweep() == []
        assert awaited(house) == ["expected", "missed", "missed"], f"killed at call {at}"


def test_without_due_nothing_is_promised(clock: Any, watched: House) -> None:
    hours(clock, 90)
    watched.sweep()
    assert {one.subject for one in watched.entries("watch") if one.kind == "Batch Missed"} == {MODEL}
    assert BUCKET in {one.body["bucket"] for one in watched.entries("watch") if one.kind == "Batch Missed"}
