"""Explanations of real data are true, as far as is known of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.why.explained import explain
from holdfast.batches.why.findings import ColumnExplained
from holdfast.batches.why.history import Past, past_of

Explained = dict[str, list[dict[str, ColumnExplained]]]


@pytest.fixture(scope="module")
def explained() -> Explained:
    """Explain every batch of each data set by those before it."""
    folder = Path(__file__).parents[5] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no folder of real data beside the project")
    return {name: batches(folder / name) for name in ("bike", "elec2")}


def batches(folder: Path) -> list[dict[str, ColumnExplained]]:
    """Explain the batches of one data set in their order."""
    baseline = Baseline.from_bytes(read_baseline([folder / "reference.parquet"]).to_bytes())
    past: list[Past] = []
    told = []
    for day, path in enumerate(sorted(folder.glob("batch-*.parquet"))):
        counts = read_counts(path, baseline)
        assessment = assess(baseline, counts, DriftPolicy())
        why = explain(baseline, counts, assessment, past=past)
        time = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        past.append(past_of(assessment, key=path.name, object_time=time, lower=why.lower, higher=why.higher))
        told.append({column.name: column for column in why.columns})
    return told


@pytest.mark.parametrize("column", ["transfer", "vicprice", "vicdemand"])
def test_the_new_market_of_elec2_began_with_its_fourth_batch(explained: Explained, column: str) -> None:
    told = explained["elec2"]
    assert all(column not in batch for batch in told[:3])
    assert told[3][column].began.key == ""  # type: ignore[union-attr]
    later = [batch[column].began for batch in told[5:]]
    assert {began.key for began in later if began is not None} == {"batch-03.parquet"}
    assert None not in later


def test_bike_temperatures_of_winter_and_summer_come_with_the_season(explained: Explained) -> None:
    for number, level, way in ((3, "winter", "smaller"), (9, "summer", "larger"), (10, "summer", "larger")):
        temperature = explained["bike"][number]["temp"]
        assert temperature.segment is not None
        assert (temperature.segment.column, temperature.segment.level) == ("season", level)
        assert temperature.segment.kind == "share"
        assert temperature.direction.startswith(f"{way} values: the median was 0.50")


def test_bike_use_is_up_since_march_of_the_second_year(explained: Explained) -> None:
    for batch in explained["bike"][7:13]:
        for column in ("registered", "cnt"):
            assert batch[column].direction.startswith("larger values")
            assert batch[column].began.key == "batch-05.parquet"  # type: ignore[union-attr]


def test_no_trend_is_claimed_of_seasons(explained: Explained) -> None:
    assert all(column.trend is None for told in explained.values() for batch in told for column in batch.values())
