"""A value is always the same byte, whatever chunk or file it comes in, and the bytes of numbers are their ranks."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from holdfast.batches.kernel import sampled
from holdfast.batches.kernel.baseline import BaselineColumn
from holdfast.batches.kernel.sampled import MISSING, MOST_ROWS, OTHER, Coded, Coder, Sampling
from holdfast.batches.kernel.watch import Watch
from holdfast.batches.reading.sampling import short

REAL = st.one_of(st.floats(), st.integers(-3, 3).map(float))
WHOLE = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-3, 3))
TEXT = st.one_of(st.sampled_from(["a", "b", "c"]), st.text(max_size=2))
COLUMNS = st.one_of(
    *(st.lists(st.one_of(st.none(), each), max_size=30).map(pa.array) for each in (REAL, WHOLE, TEXT, st.booleans()))
)


def coder(values: pa.Array, *, knots: int | None = None) -> Coder:
    """Make the coder of a reference with these values."""
    return Coder.of(BaselineColumn.of([values], values.type, knots=knots))


def ranks(reference: np.ndarray, values: np.ndarray) -> list[int]:
    """Give 254ths of the share of the reference below each value, and half of the share equal to it."""
    below = np.array([np.count_nonzero(reference < value) for value in values])
    equal = np.array([np.count_nonzero(reference == value) for value in values])
    return np.minimum((2 * below + equal) * 254 // (2 * len(reference)), 253).tolist()  # type: ignore[no-any-return]


@settings(max_examples=150, deadline=None)
@given(st.lists(REAL.filter(lambda x: x == x), min_size=1, max_size=30), st.lists(REAL.filter(lambda x: x == x)))
def test_a_float_is_its_rank_in_the_reference(reference: list[float], batch: list[float]) -> None:
    values = batch + reference
    found = coder(pa.array(reference)).codes(pa.array(values))
    assert found.tolist() == ranks(np.array(reference), np.array(values))


@settings(max_examples=150, deadline=None)
@given(st.lists(WHOLE, min_size=1, max_size=30), st.lists(WHOLE))
def test_a_huge_integer_is_its_rank_to_the_last_digit(reference: list[int], batch: list[int]) -> None:
    values = batch + reference + [value + 1 for value in reference if value < 2**63 - 1]
    found = coder(pa.array(reference)).codes(pa.array(values, pa.int64()))
    assert found.tolist() == ranks(np.array(reference, np.int64), np.array(values, np.int64))


@pytest.mark.parametrize(
    "draw",
    [
        lambda random: random.standard_normal(40_000),
        lambda random: random.lognormal(0, 4, 40_000),
        lambda random: random.standard_cauchy(40_000),
        lambda random: random.standard_normal(40_000).round(1),
        lambda random: random.poisson(3, 40_000),
        lambda random: random.integers(0, 2, 40_000).astype(bool),
    ],
    ids=["normal", "lognormal", "cauchy", "one decimal", "poisson", "bool"],
)
def test_ranks_are_those_of_the_textbook(draw) -> None:  # type: ignore[no-untyped-def]
    values = draw(np.random.default_rng(5))
    mid_ranks = rankdata(values) - 0.5
    wanted = np.minimum((mid_ranks * 254 / len(values)).astype(int), 253)
    assert coder(pa.array(values)).codes(pa.array(values)).tolist() == wanted.tolist()


def test_values_outside_the_reference_stand_at_its_ends() -> None:
    known = coder(pa.array(np.arange(1_000.0)))
    assert known.codes(pa.array([-np.inf, -1.0, 1_000.0, np.inf])).tolist() == [0, 0, 253, 253]


def test_whole_numbers_and_floats_are_told_apart_by_value_only() -> None:
    known = coder(pa.array([1, 2, 2, 3]))
    assert known.codes(pa.array([1.0, 2.0, 3.0])).tolist() == known.codes(pa.array([1, 2, 3], pa.int8())).tolist()


def test_what_is_missing_or_of_another_kind_has_a_code_of_its_own() -> None:
    known = coder(pa.array([1.0, 2.0]))
    assert known.codes(pa.array([None, float("nan"), 2.0])).tolist() == [MISSING, MISSING, 190]
    assert known.codes(pa.array(["1"])).tolist() == [MISSING]
    assert known.codes(pa.nulls(2)).tolist() == [MISSING] * 2
    assert known.codes(pa.array([float("nan"), 2.0], pa.float16())).tolist() == [MISSING, 190]


def test_categories_are_coded_by_frequency_and_those_of_a_tie_by_name() -> None:
    known = coder(pa.array(["b", "c", "c", "a", None]))
    assert known.labels == ("c", "a", "b")
    plain = pa.array(["c", None, "new", "b", "a"])
    for values in (plain, plain.dictionary_encode(), plain.cast(pa.large_string()), plain.cast(pa.binary())):
        assert known.codes(values).tolist() == [0, MISSING, OTHER, 2, 1]


def test_only_the_253_most_frequent_categories_have_a_code_of_their_own() -> None:
    names = [f"{number:03}" for number in range(300)]
    known = coder(pa.array(names + names[:253]))
    assert known.codes(pa.array(names)).tolist() == [*range(253), *[OTHER] * 47]


def test_a_null_within_a_dictionary_is_missing() -> None:
    values = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    assert coder(pa.array(["a"])).codes(values).tolist() == [0, MISSING, MISSING]


def test_values_not_compared_are_there_or_not() -> None:
    values = pa.array([[1], None, []])
    assert coder(values).codes(values).tolist() == [OTHER, MISSING, OTHER]


@settings(max_examples=150, deadline=None)
@given(COLUMNS, COLUMNS, st.lists(st.integers(0, 30), max_size=4))
def test_codes_do_not_depend_on_the_chunk(reference: pa.Array, batch: pa.Array, cuts: list[int]) -> None:
    known = coder(reference, knots=8)
    edges = sorted({0, len(batch), *(cut for cut in cuts if cut < len(batch))})
    parts = [known.codes(batch[low:high]).tolist() for low, high in pairwise(edges)]
    assert [code for part in parts for code in part] == known.codes(batch).tolist()
    assert [code == MISSING for code in known.codes(reference)] == reference.is_null(nan_is_null=True).to_pylist()


@settings(max_examples=150, deadline=None)
@given(COLUMNS, st.integers(1, 7), st.lists(st.integers(0, 30), max_size=4), st.booleans())
def test_one_row_of_each_block_is_picked_whatever_the_chunks(
    column: pa.Array, every: int, cuts: list[int], encoded: bool
) -> None:
    edges = sorted({0, len(column), *(cut for cut in cuts if cut < len(column))})
    parts = [column[low:high] for low, high in pairwise(edges)] or [column]
    if encoded:
        parts = [part.dictionary_encode() for part in parts]
    watch = Watch(Sampling(every), pa.Array.to_pylist)
    passed = list(watch.over(parts))
    picked = [value for kept in watch.kept for value in kept]
    assert [repr(part.to_pylist()) for part in passed] == [repr(part.to_pylist()) for part in parts]
    rows = Sampling(every).places(0, len(column)).tolist()
    assert repr(picked) == repr([column[row].as_py() for row in rows])
    blocks = [row // every for row in rows]
    assert blocks[: len(column) // every] == list(range(len(column) // every))
    assert len(set(blocks)) == len(blocks)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=6), st.integers(1, 40))
def test_the_parts_of_a_whole_pick_the_rows_of_the_whole(lengths: list[int], most: int) -> None:
    whole, picked, before = sum(lengths), [], 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampled, "MOST_ROWS", most)
        for length in lengths:
            sampling = Sampling.of(whole, before=before)
            rows = sampling.places(0, length) + before
            assert len(rows) == sampling.count(length)
            picked += rows.tolist()
            before += length
        assert picked == Sampling.of(whole).places(0, whole).tolist()
        assert len(picked) == Sampling.of(whole).count(whole) <= most


@pytest.mark.parametrize("rotation", [2, 3, 4, 6, 24, 31, 60])
@pytest.mark.parametrize("rows", [100_000, 400_000, 1_000_000])
def test_rows_in_a_fixed_rotation_are_met_alike(rows: int, rotation: int) -> None:
    met = np.bincount(Sampling.of(rows).places(0, rows) % rotation, minlength=rotation)
    expected = met.sum() / rotation
    assert np.abs(met - expected).max() < 5 * expected**0.5


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", "b", None, "c"] * 5, pa.string_view()),
        pa.array([b"a", b"\xff", None, b"c"] * 5, pa.binary_view()),
        pa.RunEndEncodedArray.from_arrays(pa.array([3, 11, 20], pa.int32()), pa.array([1, None, 3])),
        pa.array([b"ab", None] * 10, pa.binary(2)),
        pa.array([1.5, None] * 10, pa.float16()),
        pa.array([1.5, 2.5] * 10, pa.float16()),
        pa.array([Decimal(1), Decimal(2)] * 10, pa.decimal128(5)),
        pa.array(range(20), pa.int8()),
        pa.array([True, None, False, True] * 5),
        pa.array([True, False, False, True] * 5),
        pa.array(["a", "b", None, "c"] * 5).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_rows_are_picked_of_any_type_and_behind_others(column: pa.Array) -> None:
    sampling = Sampling(3, before=7)
    watch = Watch(sampling, pa.Array.to_pylist)
    list(watch.over([column[:1], column[1:9], column[9:9], column[9:]]))
    picked = [value for kept in watch.kept for value in kept]
    assert picked == [column[row].as_py() for row in sampling.places(0, len(column)).tolist()]


def test_no_more_is_kept_of_a_dictionary_than_was_picked() -> None:
    identifiers = pa.array([f"order-{number}" for number in range(10_000)]).dictionary_encode()
    watch = Watch(Sampling(100), short)
    list(watch.over([identifiers]))
    assert sum(kept.nbytes for kept in watch.kept) < identifiers.nbytes / 20


@pytest.mark.parametrize("rows", [0, 1, MOST_ROWS, MOST_ROWS + 1, 1_000_000, 5_000_000])
def test_the_sample_has_a_limit_and_uses_at_least_half_of_it(rows: int) -> None:
    kept = Sampling.of(rows).count(rows)
    assert min(rows, MOST_ROWS // 2) <= kept <= MOST_ROWS


def test_columns_stand_beside_each_other_and_an_absent_one_is_missing() -> None:
    coders = {"x": coder(pa.array([1.0, 2.0])), "y": coder(pa.array(["a"])), "z": coder(pa.array([True]))}
    coded = Coded.of(coders, {"y": pa.array(["a", "b"]), "x": pa.array([2.0, None])})
    assert coded.codes.tolist() == [[190, 0, MISSING], [MISSING, OTHER, MISSING]]
    assert coded.only(["y", "none"]).codes.tolist() == [[0, MISSING], [OTHER, MISSING]]
