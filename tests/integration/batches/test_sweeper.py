"""The sweeper: with every event lost, each batch is found."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from holdfast.batches import sweeper
from holdfast.ledger.contract import Cause
from tests.conftest import ACCOUNT, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MODEL,
    PLAIN,
    PREFIX,
    TICK,
    UNVERSIONED,
    House,
    announced,
    failed,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Give a clock that stands where it is put."""
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def watched(clock: time_machine.Traveller, house: House) -> House:
    """Give a house that is watched since noon, with its baseline in force."""
    house.with_baseline()
    return house


def later(clock: time_machine.Traveller, minutes: int) -> None:
    """Let time pass."""
    clock.shift(minutes * 60)


def keys(messages: list[dict[str, Any]]) -> list[str]:
    """Name what the judge is told of."""
    return sorted(message["detail"]["object"]["key"].removeprefix(PREFIX) for message in messages)


def test_the_first_tick_starts_the_watch_and_asks_for_a_baseline(clock: Any, house: House) -> None:
    assert house.sweep(TICK, TICK) == []
    assert [(entry.kind, entry.subject) for entry in house.entries("watch")] == [
        ("Watch Started", MODEL),
        ("Watch Started", PLAIN),
    ]
    assert [entry.kind for entry in house.entries("baselines")] == ["Baseline Requested"] * 2


def test_a_batch_whose_event_was_lost_is_found_and_judged(watched: House, clock: Any) -> None:
    later(clock, 60)
    for name in ("a", "b +%2F", "ü\n$(x)"):
        watched.put(parquet(seed=2), f"{PREFIX}{name}.parquet")
    watched.put(parquet(seed=3, shift=1.0), f"{PREFIX}plain.parquet", bucket=UNVERSIONED)
    later(clock, 60)
    assert watched.sweep() == []
    messages = watched.waiting()
    assert keys(messages) == sorted(["a.parquet", "b +%2F.parquet", "ü\n$(x).parquet", "plain.parquet"])
    assert watched.judge(*messages) == []
    assert sorted(watched.outcomes()) == ["drift", "none", "none", "none"]
    assert watched.sweep() == []
    assert watched.waiting() == [], "what has its verdict is not asked for again"


def test_every_version_of_a_key_is_found(watched: House, clock: Any) -> None:
    later(clock, 60)
    versions = {watched.put(parquet(seed=seed))["detail"]["object"]["version-id"] for seed in (2, 3)}
    watched.s3.delete_object(Bucket=BUCKET, Key=f"{PREFIX}a.parquet")
    later(clock, 60)
    watched.sweep()
    assert {message["detail"]["object"]["version-id"] for message in watched.waiting()} == versions


def test_what_just_landed_has_time_for_its_event(watched: House, clock: Any) -> None:
    later(clock, 60)
    watched.put(parquet(seed=2))
    later(clock, 10)
    watched.sweep()
    assert watched.waiting() == []
    later(clock, 10)
    watched.sweep()
    assert len(watched.waiting()) == 1


def test_what_was_there_before_the_watch_is_left_to_the_backfill(clock: Any, house: House) -> None:
    house.put(parquet(seed=2), f"{PREFIX}old.parquet")
    later(clock, 24 * 60)
    house.with_baseline()
    later(clock, 60)
    house.sweep()
    assert house.waiting() == []


def test_what_is_no_batch_is_not_sent(watched: House, clock: Any) -> None:
    later(clock, 60)
    for key in ("readme.md", "folder/", "_SUCCESS", "quarantine/a.parquet"):
        watched.put(b"x", f"{PREFIX}{key}")
    watched.put(b"", f"{PREFIX}empty.parquet")
    later(clock, 60)
    watched.sweep()
    assert watched.waiting() == []


def test_a_baseline_that_comes_into_force_brings_what_waits_for_it_before_the_judge_at_once(
    clock: Any, house: House
) -> None:
    events = [house.put(parquet(seed=seed), f"{PREFIX}{seed}.parquet") for seed in (2, 3)]
    house.judge(*events)
    house.sweep()
    assert house.waiting() == []
    requested = [entry for entry in house.entries("baselines") if entry.subject == MODEL]
    house.build(*requested)
    activated = [entry for entry in house.entries("baselines") if entry.subject == MODEL][-1]
    assert house.sweep(announced(activated)) == []
    messages = house.waiting()
    assert keys(messages) == ["2.parquet", "3.parquet"]
    house.judge(*messages)
    assert sorted(house.outcomes()) == ["none", "none", "unknown", "unknown"]


def test_what_was_backfilled_before_the_baseline_is_judged_once_there_is_one(clock: Any, house: House) -> None:
    event = house.put(parquet(seed=2))
    later(clock, 100 * 24 * 60)
    house.judge(event)
    house.build(*house.entries("baselines"))
    house.sweep(announced(house.entries("baselines")[-1]))
    assert keys(house.waiting()) == ["a.parquet"]


def test_a_failure_of_one_model_keeps_no_other_waiting(watched: House, clock: Any) -> None:
    later(clock, 60)
    watched.put(parquet(seed=2), bucket=UNVERSIONED)
    watched.put(parquet(seed=2), bucket=BUCKET)
    later(clock, 60)

    def deny(params: dict[str, Any], **_: Any) -> None:
        if params["Bucket"] == BUCKET:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ListObjectVersions")

    watched.s3.meta.events.register("provide-client-params.s3.ListObjectVersions", deny)
    assert watched.sweep() == ["message-0"]
    assert [message["detail"]["bucket"]["name"] for message in watched.waiting()] == [UNVERSIONED]


def test_a_long_prefix_is_swept_in_bounded_runs_that_go_on_where_they_stopped(
    watched: House, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(clock, 60)
    for number in range(7):
        watched.put(parquet(seed=2, rows=10), f"{PREFIX}{number}.parquet")
    later(clock, 60)
    monkeypatch.setattr(sweeper, "MOST_SENT", 2)
    small = watched.s3.meta.events
    small.register("provide-client-params.s3.ListObjectVersions", lambda params, **_: params.__setitem__("MaxKeys", 2))
    sent = []
    for _ in range(4):
        watched.sweep()
        sent.append(keys(watched.waiting()))
    assert sent == [[f"{number}.parquet" for number in pair] for pair in ((0, 1), (2, 3), (4, 5), (6,))]
    outcomes = [entry.outcome for entry in watched.entries("watch") if entry.subject == MODEL]
    assert outcomes == ["started", "paused", "paused", "paused", "finished"]


def test_a_bounded_sweep_for_a_new_baseline_goes_on_with_the_next_tick(
    clock: Any, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [house.put(parquet(seed=seed, rows=10), f"{PREFIX}{seed}.parquet") for seed in range(4)]
    later(clock, 100 * 24 * 60)
    house.judge(*events)
    house.build(*house.entries("baselines"))
    monkeypatch.setattr(sweeper, "MOST_SENT", 2)
    house.s3.meta.events.register(
        "provide-client-params.s3.ListObjectVersions", lambda params, **_: params.__setitem__("MaxKeys", 2)
    )
    house.sweep(announced(house.entries("baselines")[-1]))
    first = keys(house.waiting())
    house.sweep()
    assert (first, keys(house.waiting())) == (["0.parquet", "1.parquet"], ["2.parquet", "3.parquet"])


def test_a_tick_that_overlaps_a_sweep_for_a_new_baseline_does_not_lose_its_place(
    clock: Any, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [house.put(parquet(seed=seed, rows=10), f"{PREFIX}{seed}.parquet") for seed in range(4)]
    later(clock, 100 * 24 * 60)
    house.judge(*events)
    house.build(*house.entries("baselines"))
    monkeypatch.setattr(sweeper, "MOST_SENT", 2)
    house.s3.meta.events.register(
        "provide-client-params.s3.ListObjectVersions", lambda params, **_: params.__setitem__("MaxKeys", 2)
    )
    before = sweeper._watch(MODEL, cause=Cause("tick-0", "tick-0"), now=datetime.now(UTC))
    house.sweep(announced(house.entries("baselines")[-1]))
    first = keys(house.waiting())
    with monkeypatch.context() as overlapping:
        overlapping.setattr(sweeper, "_watch", lambda *_, **__: before)
        house.sweep({**TICK, "id": "tick-0"})
    house.waiting()
    house.sweep()
    assert (first, keys(house.waiting())) == (["0.parquet", "1.parquet"], ["2.parquet", "3.parquet"])


def test_a_sweep_out_of_time_stops_and_says_where(watched: House, clock: Any) -> None:
    class Late(Context):
        def get_remaining_time_in_millis(self) -> int:
            return 5_000

    later(clock, 60)
    watched.put(parquet(seed=2))
    later(clock, 60)
    assert failed(sweeper.lambda_handler(watched.queued(TICK), Late())) == []
    assert watched.waiting() == []
    watched.sweep()
    assert len(watched.waiting()) == 1


def test_a_full_queue_is_no_success(watched: House, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    later(clock, 60)
    watched.put(parquet(seed=2))
    later(clock, 60)

    class Full:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(sweeper.judge_queue(), "_sqs", Full())
    assert watched.sweep() == ["message-0"]


def test_a_model_that_is_governed_no_more_is_passed_over(watched: House, monkeypatch: pytest.MonkeyPatch) -> None:
    activated = next(entry for entry in watched.entries("baselines") if entry.kind == "Baseline Activated")
    monkeypatch.setattr(sweeper, "manifest", lambda: sweeper.Manifest())
    assert watched.sweep(announced(activated)) == []


def test_the_owner_is_named_in_every_listing(watched: House) -> None:
    with watching() as calls:
        watched.sweep()
    listings = [parameters for name, parameters in calls.made if name == "ListObjectVersions"]
    assert {one["Bucket"] for one in listings} == {BUCKET, UNVERSIONED}
    assert all(one["ExpectedBucketOwner"] == ACCOUNT for one in listings)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_every_batch_is_found(clock: Any, house: House, moment: Moment) -> None:
    house.with_baseline()
    later(clock, 60)
    house.put(parquet(seed=2))
    later(clock, 60)
    forget()
    calls = count_calls(house.sweep)
    house.waiting()
    assert calls >= 8
    for at in range(calls):
        forget()
        kill_once(house.sweep, at=at, moment=moment)
        forget()
        assert house.sweep() == []
        assert set(keys(house.waiting())) == {"a.parquet"}
    assert len([entry for entry in house.entries("watch") if entry.kind == "Watch Started"]) == 2
    assert len([entry for entry in house.entries("baselines") if entry.kind == "Baseline Requested"]) == 2
