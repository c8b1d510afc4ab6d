"""Verdicts on real data, as what is known of it demands."""

from pathlib import Path

import pytest

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.verdict import BatchAssessment, Level

ACCEPTED = {Level.NONE, Level.NOTICE}
CONSTANT = {"vicprice", "vicdemand", "transfer"}


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[BatchAssessment]]:
    """Judge every batch of each data set against its reference."""
    folder = Path(__file__).parents[4] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no folder of real data beside the project")
    return {name: judged(folder / name) for name in ("bike", "elec2")}


def judged(folder: Path) -> list[BatchAssessment]:
    """Judge the batches of one data set, against a baseline that went through its file."""
    baseline = Baseline.from_bytes(read_baseline([folder / "reference.parquet"]).to_bytes())
    return [
        assess(baseline, read_counts(path, baseline), DriftPolicy()) for path in sorted(folder.glob("batch-*.parquet"))
    ]


def drifting(verdict: BatchAssessment) -> set[str]:
    """Name the columns in drift."""
    return {column.name for column in verdict.columns if column.level is Level.DRIFT}


def test_bike_hours_of_the_same_year_are_accepted(verdicts: dict[str, list[BatchAssessment]]) -> None:
    assert {verdict.level for verdict in verdicts["bike"][:3]} <= ACCEPTED


def test_bike_summer_drifts_in_season_weather_and_use(verdicts: dict[str, list[BatchAssessment]]) -> None:
    for verdict in verdicts["bike"][8:12]:
        assert verdict.level is Level.DRIFT
        assert {"season", "temp", "atemp", "registered", "cnt"} <= drifting(verdict)


def test_bike_hours_and_weekdays_never_drift(verdicts: dict[str, list[BatchAssessment]]) -> None:
    for verdict in verdicts["bike"]:
        assert drifting(verdict).isdisjoint({"hr", "weekday", "workingday"})


def test_every_month_of_the_second_year_drifts(verdicts: dict[str, list[BatchAssessment]]) -> None:
    assert {verdict.level for verdict in verdicts["bike"][3:]} == {Level.DRIFT}
    assert all({"season", "temp", "atemp"} <= drifting(verdict) for verdict in verdicts["bike"][3:])


def test_elec2_constants_do_not_drift_from_themselves(verdicts: dict[str, list[BatchAssessment]]) -> None:
    for verdict in verdicts["elec2"][:3]:
        assert drifting(verdict).isdisjoint(CONSTANT)
        assert {(column.effect, column.p) for column in verdict.columns if column.name in CONSTANT} == {(0, 1)}


def test_elec2_new_market_drifts_in_all_its_columns(verdicts: dict[str, list[BatchAssessment]]) -> None:
    for verdict in verdicts["elec2"][4:]:
        assert drifting(verdict) >= CONSTANT


def test_elec2_period_and_weekday_never_drift(verdicts: dict[str, list[BatchAssessment]]) -> None:
    for verdict in verdicts["elec2"]:
        assert drifting(verdict).isdisjoint({"period", "weekday"})
