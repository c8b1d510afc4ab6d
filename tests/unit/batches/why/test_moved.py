"""What moved is told in ranges and categories that a reader knows, and rare labels are not named."""

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.counts import CountedColumn
from holdfast.batches.why.findings import Moved
from holdfast.batches.why.moved import absent, direction, moved, way_of

Pair = tuple[BaselineColumn, CountedColumn]
NORMAL = np.random.default_rng(0).normal(100, 10, 20_000)
BATCH = np.random.default_rng(1).normal(100, 10, 4_000)


def pair(reference: object, batch: object) -> Pair:
    """Count a batch's column against the reference's."""
    there, here = (values if isinstance(values, pa.Array) else pa.array(values) for values in (reference, batch))
    known = BaselineColumn.of([there], there.type)
    return known, CountedColumn.of([here], here.type, known)


def said(columns: Pair) -> str:
    """Say which way a column moved."""
    return direction(*columns, moved(*columns))


@pytest.mark.parametrize(
    ("batch", "way", "words"),
    [
        (BATCH + 10, "larger", "larger values: the median was 100"),
        (BATCH - 3, "smaller", "smaller values: the median was 100"),
        (100 + 2 * (BATCH - 100), "wider", "more values at both ends: the middle half lay between 93"),
        (100 + (BATCH - 100) / 3, "narrower", "more values in the middle: the middle half lay between 93"),
        (NORMAL, "same", "the values are spread as before"),
    ],
)
def test_numbers_move_up_down_out_or_in(batch: np.ndarray, way: str, words: str) -> None:
    columns = pair(NORMAL, batch)
    assert way_of(*columns) == way
    assert said(columns).startswith(words)


def test_a_range_that_gained_and_those_that_lost_are_told_with_their_shares() -> None:
    columns = pair(NORMAL, np.concatenate([BATCH, np.random.default_rng(2).uniform(118, 122, 1_000)]))
    first = moved(*columns)[0]
    low, high = (float(edge) for edge in first.label.split(" to "))
    assert 110 < low <= 118
    assert 121 <= high < 130
    assert (first.before, first.now) == pytest.approx(
        (np.mean((low <= NORMAL) & (high > NORMAL)), 0.2 + 0.8 * np.mean((low <= BATCH) & (high > BATCH))), abs=0.01
    )


def test_ends_are_open() -> None:
    labels = {part.label for part in moved(*pair(NORMAL, BATCH + 10))}
    assert len(labels) == 2
    assert any(label.startswith("below ") for label in labels)
    assert any(label.endswith(" or more") for label in labels)


def test_values_outside_the_reference_are_told_as_such() -> None:
    assert said(pair([5.0] * 100, [5.0] * 50 + [7.5] * 50)) == (
        "larger values; 50% of them outside the reference's range"
    )


def test_what_did_not_move_is_not_listed() -> None:
    assert moved(*pair(NORMAL, NORMAL)) == ()


def test_categories_are_told_by_name_the_greatest_change_first() -> None:
    columns = pair(["car"] * 600 + ["bus"] * 300 + ["tram"] * 100, ["car"] * 200 + ["bus"] * 290 + ["ferry"] * 500)
    parts = moved(*columns)
    assert [part.label for part in parts] == ["ferry (new)", "car", "tram"]
    assert (parts[1].before, parts[1].now) == pytest.approx((0.6, 200 / 990), abs=1e-6)
    assert said(columns) == "more ferry (new), less car and tram"


def test_labels_with_fewer_than_twenty_rows_in_both_are_not_named() -> None:
    reference = ["common"] * 1_000 + [f"secret {number}" for number in range(19)] * 19
    batch = ["common"] * 100 + [f"secret {number}" for number in range(19)] * 10 + ["hidden"] * 19
    columns = pair(reference, batch)
    told = " ".join(part.label for part in moved(*columns)) + said(columns)
    assert "secret" not in told
    assert "hidden" not in told
    assert "rare" in told


def test_a_name_cannot_write_to_the_terminal() -> None:
    columns = pair(["\x1b[31mred\nalert"] * 60 + ["b"] * 40, ["b"] * 100)
    assert all(label.isprintable() for label in [said(columns), *(part.label for part in moved(*columns))])


def test_labels_too_many_to_keep_are_not_told_by_name() -> None:
    columns = pair([f"id {number}" for number in range(11_000)], [f"id {number}" for number in range(500)])
    assert (moved(*columns), said(columns), way_of(*columns)) == ((), "", None)


def test_times_are_told_as_dates() -> None:
    days = pa.array(np.arange(2_000).repeat(20), pa.int32()).cast(pa.date32())
    later = pa.array(np.arange(1_000, 2_000).repeat(20), pa.int32()).cast(pa.date32())
    columns = pair(days, later)
    assert said(columns).startswith("larger values: the median was 1972-")
    assert any("197" in part.label for part in moved(*columns))


def test_the_share_of_missing_values_is_told_before_and_now() -> None:
    assert absent(*pair([1.0, None], [1.0, 2.0, float("nan"), None])) == Moved(
        label="missing values", before=0.5, now=0.5
    )
