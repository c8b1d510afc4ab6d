"""Parquet is the measure: the same rows in any other format have the same counts and the same verdict."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.decision import assess
from holdfast.batches.formats.parquet import FORMAT
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts

WAYS = ["csv", "csv.gz", "jsonl", "jsonl.gz"]


def effects(verdict: Any) -> list[tuple[str, str, float, float | None]]:
    """Give what was measured of each column."""
    return sorted((column.name, column.test, column.effect, column.p) for column in verdict.columns)


def test_it_is_told_by_its_first_bytes() -> None:
    assert FORMAT.begins(b"PAR1")
    assert not FORMAT.begins(b"PAR2")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_same_rows_have_the_same_verdict_in_any_format(
    way: str, shift: float, ways: dict[str, Callable[..., Any]], draw: Callable[..., pa.Table]
) -> None:
    baseline, batch = read_baseline([ways["parquet"](draw(3_000))]), draw(1_000, shift, 2)
    counted = {name: read_counts(ways[name](batch), baseline) for name in ("parquet", way)}
    one, other = (assess(baseline, counts, DriftPolicy()) for counts in counted.values())
    assert one.level is other.level
    assert effects(one) == effects(other)
    for name, column in counted["parquet"].columns.items():
        found = counted[way].columns[name]
        assert (found.n, found.missing, found.moments) == (column.n, column.missing, column.moments), name
        assert found.counts is not None
        assert (found.counts == column.counts).all(), name


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_may_come_in_any_format(
    way: str, ways: dict[str, Callable[..., Any]], draw: Callable[..., pa.Table]
) -> None:
    table, batch = draw(3_000).drop_columns(["price", "single"]), draw(1_000, 0.5, 2).drop_columns(["price", "single"])
    verdicts = [
        assess(baseline, read_counts(ways[of](batch), baseline), DriftPolicy())
        for baseline, of in ((read_baseline([ways[name](table)]), name) for name in ("parquet", way))
    ]
    assert verdicts[0].level is verdicts[1].level
    assert effects(verdicts[0]) == effects(verdicts[1])


@pytest.mark.parametrize("way", WAYS)
def test_real_batches_have_the_same_verdict_in_any_format(
    way: str, shared: Path, ways: dict[str, Callable[..., Any]]
) -> None:
    data = shared / "data" / "bike"
    baseline = read_baseline([data / "reference.parquet"])
    for number in (1, 9):
        path = data / f"batch-{number:02}.parquet"
        verdicts = [
            assess(baseline, read_counts(source, baseline), DriftPolicy())
            for source in (path, ways[way](pq.read_table(path)))
        ]
        assert verdicts[0].level is verdicts[1].level
        assert effects(verdicts[0]) == effects(verdicts[1])
