"""Pair sums are exact, add up, and give the rank correlations of the textbook."""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.joint import BLOCK, MIDDLE, MOST_COLUMNS, Joint
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.batches.kernel.sampled import MISSING, Coded, Coder, Codes
from holdfast.shared.errors import ContractError, IntegrityError

NAMES = ("x", "y", "z")
REFERENCE = Baseline.of(pa.table({name: [1.0, 2.0] for name in NAMES})).columns
CODE = st.one_of(st.integers(0, 253), st.just(MISSING), st.sampled_from([0, 253]))
CODES = st.integers(0, 40).flatmap(lambda rows: arrays(np.uint8, (rows, 3), elements=CODE))


def joint(codes: Codes) -> Joint:
    """Sum up three columns of codes."""
    return Joint.of(Coded(NAMES, codes), REFERENCE)


def content(sums: Joint) -> list[object]:
    """Give all that the sums hold."""
    return [
        sums.names, sums.rows, sums.n.tolist(), sums.sums.tolist(), sums.squares.tolist(), sums.products.tolist()
    ]  # fmt: skip


def measured(table: pa.Table, batch: pa.Table | None = None) -> Joint:
    """Sum up a table, or a batch, by the ranks in a table."""
    columns = Baseline.of(table).columns
    coders = {name: Coder.of(column) for name, column in columns.items()}
    values = batch or table
    return Joint.of(
        Coded.of(coders, {name: values[name].combine_chunks() for name in values.column_names}), columns
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(CODES)
def test_sums_are_over_the_rows_where_both_are_there(codes: Codes) -> None:
    sums = joint(codes)
    for i in range(3):
        for j in range(3):
            both = (codes[:, i] != MISSING) & (codes[:, j] != MISSING)
            mine, theirs = (codes[both, at].astype(int) - MIDDLE for at in (i, j))
            found = (sums.n[i, j], sums.sums[i, j], sums.squares[i, j], sums.products[i, j])
            assert found == (both.sum(), mine.sum(), (mine**2).sum(), (mine * theirs).sum())


@settings(max_examples=100, deadline=None)
@given(CODES, st.lists(st.integers(0, 40), max_size=4), st.randoms())
def test_any_split_in_any_order_gives_identical_sums(codes: Codes, cuts: list[int], random) -> None:  # type: ignore[no-untyped-def]
    edges = sorted({0, len(codes), *(cut for cut in cuts if cut < len(codes))})
    parts = [joint(codes[low:high]) for low, high in pairwise(edges)]
    random.shuffle(parts)
    left, right = Joint.nothing(NAMES), Joint.nothing(NAMES)
    for part in parts:
        left, right = left + part, part + right
    assert content(left) == content(right) == content(joint(codes))


def test_the_greatest_scores_of_many_rows_add_up_without_rounding() -> None:
    rows = 20 * BLOCK + 7
    sums = joint(np.tile(np.array([0, 253, 0], np.uint8), (rows, 1)))
    assert sums.products.tolist() == np.multiply.outer([-127, 126, -127], [-127, 126, -127]).__mul__(rows).tolist()


def drawn(rows: int, seed: int = 3) -> dict[str, np.ndarray]:
    """Draw columns that go together, some with many ties."""
    random = np.random.default_rng(seed)
    first, second = random.standard_normal((2, rows))
    return {
        "first": first,
        "strong": 0.9 * first + 0.44 * second,
        "heavy": np.exp(2 * (0.5 * first + 0.87 * second)),
        "against": -(first**3) + second,
        "rounded": np.round(0.7 * first + 0.7 * second, 1),
        "counts": random.poisson(np.exp(0.4 * first + 1)),
        "alone": random.standard_normal(rows),
    }


@pytest.mark.parametrize(("rows", "error"), [(100, 3e-3), (1_000, 1e-3), (65_536, 2e-4)])
def test_correlations_are_spearmans_within_the_coarseness_of_the_ranks(rows: int, error: float) -> None:
    columns = drawn(rows)
    found = measured(pa.table(columns)).correlations()
    for (i, x), (j, y) in combinations(enumerate(columns.values()), 2):
        assert found[i, j] == pytest.approx(spearmanr(x, y).statistic, abs=error)
    assert np.array_equal(found, found.T)


def test_a_batch_spread_like_the_reference_has_its_own_spearman() -> None:
    reference, batch = drawn(60_000), drawn(20_000, seed=4)
    batch["strong"] = np.random.default_rng(5).permutation(batch["strong"])
    found = measured(pa.table(reference), pa.table(batch)).correlations()
    for (i, x), (j, y) in combinations(enumerate(batch.values()), 2):
        assert found[i, j] == pytest.approx(spearmanr(x, y).statistic, abs=0.01)


def test_pairs_with_gaps_are_correlated_over_the_rows_they_share() -> None:
    columns = drawn(20_000)
    gaps = np.random.default_rng(8).random(20_000) < 0.3
    table = pa.table({"x": pa.array(columns["first"], mask=gaps), "y": columns["strong"]})
    sums = measured(table)
    assert sums.pairs()[0, 1] == (~gaps).sum()
    wanted = spearmanr(columns["first"][~gaps], columns["strong"][~gaps]).statistic
    assert sums.correlations()[0, 1] == pytest.approx(wanted, abs=2e-3)


def test_what_cannot_be_correlated_is_not_a_number() -> None:
    nothing = pa.nulls(3, pa.float64())
    found = measured(pa.table({"x": [1, 2, 3], "constant": [7, 7, 7], "none": nothing})).correlations()
    assert np.isnan(found).tolist() == [[False, True, True], [True, True, True], [True, True, True]]
    assert found[0, 0] == 1


def test_only_numbers_and_no_more_than_200_are_held_against_each_other() -> None:
    wide = {f"x{number}": [1.0, 2.0] for number in range(MOST_COLUMNS + 9)}
    sums = measured(pa.table({"word": ["a", "b"], **wide}))
    assert sums.names == tuple(wide)[:MOST_COLUMNS]


def test_sums_of_other_columns_do_not_add_up() -> None:
    with pytest.raises(ContractError, match="two samples disagree"):
        Joint.nothing(["x"]) + Joint.nothing(["y"])


@settings(max_examples=50, deadline=None)
@given(CODES)
def test_a_file_gives_back_what_was_written(codes: Codes) -> None:
    sums = joint(codes)
    assert content(Joint.restored(*unpack(pack(sums.described(), sums.arrays())))) == content(sums)


def broken() -> Sequence[tuple[dict[str, object], list[np.ndarray]]]:
    """Give headers and arrays of no sample."""
    sums = joint(np.array([[1, 2, 3]], np.uint8))
    header, parts = sums.described(), sums.arrays()
    return [
        ({}, parts),
        (header | {"names": ["x"]}, list(parts)),
        (header | {"rows": 0}, list(parts)),
        (header | {"rows": "1"}, list(parts)),
        (header, parts[:3]),
        (header, [parts[0] * 9, *parts[1:]]),
        (header, [part.astype(float) for part in parts]),
    ]


@pytest.mark.parametrize(("header", "parts"), broken())
def test_anything_else_is_refused(header: dict[str, object], parts: list[np.ndarray]) -> None:
    with pytest.raises(IntegrityError, match="not a sample"):
        Joint.restored(header, parts)
