"""Columns are counted within the levels of others: exactly, additively and in little room."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.batches.kernel.sampled import Coded, Coder
from holdfast.batches.kernel.segments import BINS, MOST_LEVELS, MOST_SEGMENTS, MOST_SLOTS, WAYS, Segments
from holdfast.shared.errors import ContractError, IntegrityError

SHOP = st.one_of(st.none(), st.sampled_from(["north", "south", "east"]))
DAY = st.one_of(st.none(), st.integers(0, 6))
PRICE = st.one_of(st.none(), st.floats(-100, 100))
ROWS = st.lists(st.tuples(SHOP, DAY, PRICE), max_size=40)
SCHEMA = pa.schema({"shop": pa.string(), "day": pa.int64(), "price": pa.float64()})


def table(rows: list[tuple[str | None, int | None, float | None]]) -> pa.Table:
    """Lay rows out in columns."""
    return pa.table(list(map(list, zip(*rows, strict=True))) if rows else [[]] * 3, schema=SCHEMA)


REFERENCE = Baseline.of(table([("north", 0, 1.0), ("north", 1, 2.0), ("south", 1, 3.0), ("south", 5, 4.0)] * 16))


def counted(batch: pa.Table, reference: Baseline = REFERENCE) -> Segments:
    """Count a batch by the segments of a reference."""
    coders = {name: Coder.of(column) for name, column in reference.columns.items()}
    values = {name: batch[name].combine_chunks() for name in batch.column_names}
    return Segments.of(Coded.of(coders, values, rows=batch.num_rows), reference.columns)


def content(segments: Segments) -> list[object]:
    """Give all that the counts hold."""
    return [segments.names, segments.segments, segments.rows, segments.counts.tolist()]


def levels(segments: Segments) -> dict[str, tuple[str, ...]]:
    """Name the levels of each segment column."""
    return {segment.name: segment.levels for segment in segments.segments}


def test_categories_and_whole_numbers_of_few_values_are_told_apart() -> None:
    assert levels(counted(table([]))) == {"shop": ("north", "south"), "day": ("0", "1", "5")} | {
        "price": ("1", "2", "3", "4")
    }


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_counts_are_rows_by_level_and_bin(rows: list[tuple[str | None, int | None, float | None]]) -> None:
    found = counted(table(rows))
    slots = {"north": 0, "south": 1, "east": 2, None: 3}
    shop = found.of_segment(found.segments[0])
    for name, slot in slots.items():
        inside = [row for row in rows if row[0] == name]
        assert shop[slot].sum(axis=1).tolist() == [len(inside)] * 3
        assert shop[slot, 2, BINS] == sum(price is None for _, _, price in inside)
        assert shop[slot, 2, BINS - 1] == sum(price is not None and price > 4 for _, _, price in inside)
        assert shop[slot, 2, 1] == sum(price == 1 for _, _, price in inside)
    for segment in found.segments:
        assert np.array_equal(found.of_segment(segment).sum(axis=0), shop.sum(axis=0))


@settings(max_examples=100, deadline=None)
@given(ROWS, st.lists(st.integers(0, 40), max_size=4), st.randoms())
def test_any_split_in_any_order_gives_identical_counts(rows, cuts, random) -> None:  # type: ignore[no-untyped-def]
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    parts = [counted(table(rows[low:high])) for low, high in pairwise(edges)]
    random.shuffle(parts)
    left, right = counted(table([])), counted(table([]))
    for part in parts:
        left, right = left + part, part + right
    assert content(left) == content(right) == content(counted(table(rows)))


def test_a_column_the_batch_lacks_counts_as_missing_there() -> None:
    found = counted(table([("north", 1, 2.0)]).drop_columns(["price"]))
    assert found.of_segment(found.segments[0])[0, 2].tolist() == [0] * BINS + [1]


@pytest.mark.parametrize(
    ("values", "is_told_apart"),
    [
        (["a", "b"], True),
        (["a"], False),
        ([True, False], True),
        ([1.0, 2.0, None], True),
        ([1.5, 2.0], False),
        ([1.0, float("inf")], False),
        (list(range(MOST_LEVELS)), True),
        (list(range(MOST_LEVELS + 1)), False),
        (["most"] * 20 + [f"rare {number}" for number in range(40)], False),
        (["most"] * 950 + [f"rare {number}" for number in range(30)], True),
    ],
)
def test_a_column_is_told_apart_by_what_its_levels_cover(values: list[object], is_told_apart: bool) -> None:
    reference = Baseline.of(pa.table({"x": values}))
    found = levels(counted(pa.table({"x": values}), reference))
    assert bool(found) is is_told_apart
    assert all(len(names) <= MOST_LEVELS for names in found.values())


def test_truths_are_levels_by_name() -> None:
    reference = Baseline.of(pa.table({"x": [True, False]}))
    assert levels(counted(pa.table({"x": [True]}), reference)) == {"x": ("false", "true")}


def test_numbers_too_rare_to_be_told_apart_are_one_level() -> None:
    values = pa.table({"x": [0] * 9_000 + [1] * 1_000 + [2, 3, 4]})
    assert levels(counted(values, Baseline.of(values))) == {"x": ("0", "1", "2 to 4")}


def test_many_columns_stay_within_bounds_and_in_a_small_file() -> None:
    random = np.random.default_rng(2)
    columns = {f"c{at}": random.choice([f"v{v}" for v in range(2 + at)], 65_536) for at in range(25)}
    numbers = {f"x{at}": random.standard_normal(65_536) for at in range(35)}
    values = pa.table(columns | numbers)
    found = counted(values, Baseline.of(values))
    assert len(found.segments) <= MOST_SEGMENTS
    assert found.counts.shape == (sum(segment.slots for segment in found.segments), 60, WAYS)
    assert MOST_SLOTS - 30 < len(found.counts) <= MOST_SLOTS
    assert len(pack(found.described(), found.arrays())) < 200_000


def test_counts_by_other_levels_do_not_add_up() -> None:
    other = Baseline.of(pa.table({"x": ["a", "b"]}))
    with pytest.raises(ContractError, match="two samples disagree"):
        counted(table([])) + counted(pa.table({"x": ["a"]}), other)


@settings(max_examples=50, deadline=None)
@given(ROWS)
def test_a_file_gives_back_what_was_written(rows: list[tuple[str | None, int | None, float | None]]) -> None:
    found = counted(table(rows))
    assert content(Segments.restored(*unpack(pack(found.described(), found.arrays())))) == content(found)


def test_anything_else_is_refused() -> None:
    found = counted(table([("north", 1, 2.0)]))
    header, (counts,) = found.described(), found.arrays()
    wrong = [({}, [counts]), (header, []), (header, [counts[1:]]), (header, [-counts]), (header, [counts * 1.0])]
    for described, parts in wrong:
        with pytest.raises(IntegrityError, match="not a sample by segments"):
            Segments.restored(described, parts)
