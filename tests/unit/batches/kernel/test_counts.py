"""Counts add up to the same numbers whatever the split, the order and the grouping of the parts."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import Counts
from holdfast.shared.errors import ContractError

REAL = st.one_of(st.none(), st.floats())
WHOLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
WORD = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "ü"]), st.text(max_size=2))
ROWS = st.lists(st.tuples(REAL, WHOLE, WORD, st.booleans()), max_size=40)
SCHEMA = pa.schema({"real": pa.float64(), "whole": pa.int64(), "word": pa.string(), "flag": pa.bool_()})


def table(rows: list[tuple[float | None, int | None, str | None, bool]]) -> pa.Table:
    """Lay rows out in columns."""
    return pa.table(list(map(list, zip(*rows, strict=True))) if rows else [[]] * 4, schema=SCHEMA)


def content(counts: Counts) -> dict[str, object]:
    """Give all that counts hold, as plain numbers."""
    return {
        "rows": counts.rows,
        **{
            name: (
                column.kind,
                column.n,
                column.nulls,
                column.nans,
                None if column.counts is None else column.counts.tolist(),
            )
            for name, column in counts.columns.items()
        },
    }


@settings(max_examples=200, deadline=None)
@given(ROWS, ROWS, st.lists(st.integers(0, 40), max_size=4), st.randoms())
def test_any_split_in_any_order_gives_identical_numbers(reference: list, batch: list, cuts: list[int], random) -> None:  # type: ignore[no-untyped-def, type-arg]
    baseline = Baseline.of(table(reference), knots=8)
    whole = Counts.of(baseline, table(batch))
    edges = sorted({0, len(batch), *(cut for cut in cuts if cut < len(batch))})
    parts = [Counts.of(baseline, table(batch[low:high])) for low, high in pairwise(edges)]
    random.shuffle(parts)
    nothing = Counts.of(baseline, table([]))
    left, right = nothing, nothing
    for part in parts:
        left, right = left + part, part + right
    assert content(left) == content(right) == content(whole)


def test_a_chunked_table_counts_like_one_of_a_piece() -> None:
    rows = [(float(number % 7), number, "ab"[number % 2], number % 3 == 0) for number in range(500)]
    baseline = Baseline.of(table(rows), knots=16)
    chunked = pa.concat_tables([table(rows[:99]), table(rows[99:])])
    assert content(Counts.of(baseline, chunked)) == content(Counts.of(baseline, table(rows)))


@pytest.mark.parametrize(
    "other", [pa.table({"y": [1]}), pa.table({"x": ["a"]}), pa.table({"x": [1], "y": [1]})], ids=str
)
def test_parts_that_are_not_of_one_batch_do_not_add_up(other: pa.Table) -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2]}))
    with pytest.raises(ContractError, match="parts of a batch disagree"):
        Counts.of(baseline, pa.table({"x": [1]})) + Counts.of(baseline, other)


def test_a_part_without_a_value_takes_the_type_of_the_others() -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2]}))
    empty, full = Counts.of(baseline, pa.table({"x": pa.nulls(3)})), Counts.of(baseline, pa.table({"x": [1, 1]}))
    for added in (empty + full, full + empty):
        column = added.columns["x"]
        assert (column.kind, column.n, column.nulls) == (Kind.NUMBER, 2, 3)
        assert column.counts is not None
        assert column.counts.tolist() == [[0, 2], [2, 2]]


def test_a_column_of_another_kind_is_not_counted_against_the_reference() -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2]}))
    column = Counts.of(baseline, pa.table({"x": ["a", None]})).columns["x"]
    assert (column.counts, column.n, column.nulls) == (None, 1, 1)


def test_a_wider_type_of_the_same_kind_is_counted() -> None:
    baseline = Baseline.of(pa.table({"x": pa.array([1, 2, 300], pa.int16())}))
    floats = pa.table({"x": pa.array([1.0, None, 2.0, 300.0])})
    column = Counts.of(baseline, floats).columns["x"]
    assert column.counts is not None
    assert column.counts.tolist() == [[0, 1, 2], [1, 2, 3]]


def test_huge_integers_beside_nulls_keep_their_last_digit() -> None:
    values = pa.array([2**62, None, 2**62 + 1, 2**62 + 2])
    baseline = Baseline.of(pa.table({"x": values}))
    counts = Counts.of(baseline, pa.table({"x": values})).columns["x"].counts
    assert counts is not None
    assert counts.tolist() == [[0, 1, 2], [1, 2, 3]]
    assert np.array_equal(baseline.columns["x"].values.knots, [2**62, 2**62 + 1, 2**62 + 2])  # type: ignore[union-attr]
