"""A batch of July is held against last July's, once there is a baseline of them."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from holdfast.ledger.contract import Entry
from tests.integration.batches.conftest import MANIFEST, MODEL, PREFIX, House, forget, parquet
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once
from tests.integration.batches.test_parts import refuse


@pytest.fixture
def governed(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Hold batches against those of the same month last year: objects, unless a test says what closes one."""
    said = copy.deepcopy(MANIFEST)
    said["models"] = {MODEL: said["models"][MODEL]}  # type: ignore[index]
    said["models"][MODEL]["seasonal"] = {"same": "month"}
    said["models"][MODEL]["batches"]["closed_by"] = getattr(request, "param", "object")
    return said


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Give a clock that stands where it is put."""
    with time_machine.travel("2025-07-10T12:00:00Z", tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def july(clock: time_machine.Traveller, house: House) -> House:
    """Give a house whose last July had warmer batches than its reference, one of them refused, and where it is July."""
    house.with_baseline()
    for number, data in enumerate((parquet(seed=2, shift=1), parquet(seed=3, shift=1), b"broken")):
        clock.move_to(f"2025-07-1{number}T12:00:00Z")
        house.judge(house.put(data, f"{PREFIX}{number}.parquet"))
    clock.move_to("2025-08-02T12:00:00Z")
    house.judge(house.put(parquet(seed=4), f"{PREFIX}august.parquet"))
    clock.move_to("2026-07-05T12:00:00Z")
    return house


def last(house: House, key: str) -> Entry:
    """Give the newest verdict on an object."""
    return [one for one in house.entries("batches") if one.body.get("key") == f"{PREFIX}{key}"][-1]


def seasonal(house: House, kind: str) -> list[Entry]:
    """Give the entries about this season's baseline."""
    name = "month 2026-07-01"
    return [one for one in house.entries("baselines") if one.kind == kind and one.body.get("season") == name]


def test_a_warm_july_is_drift_from_the_reference_and_none_from_last_july(july: House) -> None:
    assert july.judge(july.put(parquet(seed=5, shift=1), f"{PREFIX}first.parquet")) == []
    first = last(july, "first.parquet")
    assert first.outcome == "drift"
    assert first.reason.endswith("no baseline of July 2025 yet: held against the model's own")
    (asked,) = seasonal(july, "Baseline Requested")
    assert july.build(asked, asked) == []
    (activated,) = seasonal(july, "Baseline Activated")
    assert july.judge(july.put(parquet(seed=6, shift=1), f"{PREFIX}second.parquet")) == []
    second = last(july, "second.parquet")
    assert (second.outcome, second.body["baseline"]) == ("none", activated.body["sha256"])
    assert second.body["era"] == first.body["baseline"]
    assert second.reason.endswith("held against July 2025")


def test_it_is_made_of_last_julys_batches_without_those_in_quarantine(july: House) -> None:
    july.sweep()
    (asked,) = seasonal(july, "Baseline Requested")
    july.build(asked)
    (activated,) = seasonal(july, "Baseline Activated")
    assert [one["key"] for one in activated.body["sources"]] == [f"{PREFIX}0.parquet", f"{PREFIX}1.parquet"]
    assert (activated.body["rows"], activated.body["left_out"]) == (4000, 1)


def test_the_sweep_asks_a_day_ahead_and_once(clock: Any, july: House) -> None:
    clock.move_to("2026-07-31T12:00:00Z")
    july.sweep()
    july.sweep()
    asked = [one.body["season"] for one in july.entries("baselines")
             if one.kind == "Baseline Requested" and (one.body["season"] or "") >= "month 2026-07"]  # fmt: skip
    assert asked == ["month 2026-07-01", "month 2026-08-01"]


def test_a_season_without_batches_is_said_once_and_the_models_own_baseline_serves(clock: Any, july: House) -> None:
    clock.move_to("2026-12-05T12:00:00Z")
    july.judge(july.put(parquet(seed=7), f"{PREFIX}december.parquet"))
    asked = [one for one in july.entries("baselines") if one.body.get("season") == "month 2026-12-01"]
    assert july.build(*asked) == []
    july.sweep()
    july.judge(july.put(parquet(seed=8), f"{PREFIX}december-2.parquet"))
    told = [one.kind for one in july.entries("baselines") if one.body.get("season") == "month 2026-12-01"]
    assert told == ["Baseline Requested", "Baseline Failed"]
    assert last(july, "december-2.parquet").outcome == "none"


@pytest.mark.parametrize("governed", ["success"], indirect=True)
def test_a_folder_of_last_july_that_may_not_be_looked_at_is_not_left_out_of_its_baseline(
    clock: Any, house: House
) -> None:
    house.with_baseline()
    for day in (1, 2):
        house.put(parquet(seed=day), f"{PREFIX}{day}/part.parquet")
        house.put(b"", f"{PREFIX}{day}/_SUCCESS")
    clock.move_to("2026-07-05T12:00:00Z")
    house.sweep()
    (asked,) = seasonal(house, "Baseline Requested")
    end = refuse(house, "AccessDenied", 403, key="2/_SUCCESS")
    assert house.build(asked) == []
    end()
    (failed,) = seasonal(house, "Baseline Failed")
    assert "denied" in failed.reason
    assert failed.body["waits_for"] == "permission"
    for hour in (6, 12, 18):
        clock.move_to(f"2026-07-05T{hour:02}:30:00Z")
        house.sweep()
    assert len(seasonal(house, "Baseline Requested")) == 1, "not within a day"
    clock.move_to("2026-07-06T13:00:00Z")
    house.sweep()
    again = seasonal(house, "Baseline Requested")[1]
    assert house.build(again, asked) == []
    (activated,) = seasonal(house, "Baseline Activated")
    assert {one["key"] for one in activated.body["sources"]} == {f"{PREFIX}{day}/part.parquet" for day in (1, 2)}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_there_is_one_baseline_of_the_season(clock: Any, house: House, moment: Moment) -> None:
    for number in (2, 3):
        house.put(parquet(seed=number, shift=1), f"{PREFIX}{number}.parquet")
    clock.move_to("2026-07-05T12:00:00Z")

    def asked() -> Entry:
        house.forget_all()
        house.with_baseline()
        house.sweep()
        forget()
        return seasonal(house, "Baseline Requested")[0]

    first = asked()
    calls = count_calls(lambda: house.build(first))
    assert calls >= 10, "the request, its state, the listing, two states and objects, the file and the entry"
    for at in range(calls):
        order = asked()
        kill_once(lambda order=order: house.build(order), at=at, moment=moment)  # type: ignore[misc]
        forget()
        assert house.build(order) == []
        assert len(seasonal(house, "Baseline Activated")) == 1, f"killed at call {at}"
