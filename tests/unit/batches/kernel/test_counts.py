"""Counts add up to the same numbers whatever the split, the order and the grouping of the parts."""

from contextlib import suppress
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.batches.kernel.probe import Probe
from holdfast.shared.errors import ContractError, IntegrityError

REAL = st.one_of(st.none(), st.floats(), st.sampled_from([0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan")]))
WHOLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(2**62, 2**62 + 3), st.just(7))
WORD = st.one_of(st.none(), st.sampled_from(["a", "b", "c", "ü"]), st.text(max_size=2))
ROWS = st.lists(st.tuples(REAL, WHOLE, WORD, st.booleans()), max_size=40)
SCHEMA = pa.schema({"real": pa.float64(), "whole": pa.int64(), "word": pa.string(), "flag": pa.bool_()})


def table(rows: list[tuple[float | None, int | None, str | None, bool]]) -> pa.Table:
    """Lay rows out in columns."""
    return pa.table(list(map(list, zip(*rows, strict=True))) if rows else [[]] * 4, schema=SCHEMA)


def content(counts: Counts) -> bytes:
    """Give all that counts hold."""
    return counts.to_bytes()


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, ROWS, ROWS)
def test_parts_add_up_in_any_order_and_grouping(reference: list, one: list, two: list, three: list) -> None:  # type: ignore[type-arg]
    baseline = Baseline.of(table(reference), knots=8)
    a, b, c = (Counts.of(baseline, table(rows)) for rows in (one, two, three))
    assert content(a + b) == content(b + a)
    assert content((a + b) + c) == content(a + (b + c))
    assert content(a + Counts.of(baseline, table([]))) == content(a)


@pytest.mark.parametrize("labels", [900, 1_000, 1_001, 5_000])
def test_new_labels_add_up_beyond_what_is_kept_of_them(labels: int) -> None:
    baseline = Baseline.of(pa.table({"x": ["a"]}))
    random = np.random.default_rng(labels)
    names = np.array([f"new {number}" for number in [*range(labels), *random.integers(0, labels, 9_000)]])
    whole = Counts.of(baseline, pa.table({"x": names}))
    parts = [Counts.of(baseline, pa.table({"x": part})) for part in np.array_split(random.permutation(names), 7)]
    assert content(reduce(add, parts)) == content(reduce(add, parts[::-1])) == content(whole)
    unseen = whole.columns["x"].unseen
    assert unseen is not None
    assert (unseen.total, unseen.is_complete, len(unseen.labels)) == (len(names), labels <= 1_000, min(labels, 1_000))
    assert unseen.labels == {name: int((names == name).sum()) for name in unseen.labels}


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


def test_infinities_and_zeros_are_counted_as_what_they_are() -> None:
    values = pa.table({"x": [float("-inf"), -0.0, 2.0, float("inf"), float("inf"), float("nan"), None]})
    column = Counts.of(Baseline.of(pa.table({"x": [0.0, 1.0]})), values).columns["x"]
    assert (column.n, column.nulls, column.nans, column.infinite) == (5, 1, 1, (1, 2))
    assert column.moments is not None
    assert (column.moments.n, column.moments.minimum, column.moments.maximum) == (2, 0.0, 2.0)
    assert (column.moments.mean, column.moments.deviation) == (1.0, 1.0)
    assert column.counts is not None
    assert column.counts.tolist() == [[1, 2], [2, 2]]


@pytest.mark.parametrize("knots", [None, 16, 4_096])
def test_what_lies_outside_the_reference_is_counted_exactly(knots: int | None) -> None:
    random = np.random.default_rng(1)
    known, found = random.standard_normal(20_000), random.standard_normal(5_000) * 2
    baseline = Baseline.of(pa.table({"x": known}), knots=knots)
    column, values = Counts.of(baseline, pa.table({"x": found})).columns["x"], baseline.columns["x"].values
    assert isinstance(values, Distribution)
    assert column.outside(values) == (int((found < known.min()).sum()), int((found > known.max()).sum()))


def test_counts_against_another_reference_do_not_add_up() -> None:
    one, other = (Baseline.of(pa.table({"x": [1, 2, last]})) for last in (3, 4))
    batch = pa.table({"x": [1]})
    with pytest.raises(ContractError, match="different references"):
        Counts.of(one, batch) + Counts.of(other, batch)
    part = Counts.from_bytes(Counts.of(one, batch).to_bytes())
    with pytest.raises(ContractError, match="different references"):
        part + Counts.of(other, batch)


def test_of_two_types_of_one_kind_the_same_is_kept_in_either_order() -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2]}))
    narrow, wide = (Counts.of(baseline, pa.table({"x": pa.array([1], kind)})) for kind in (pa.int32(), pa.int64()))
    assert content(narrow + wide) == content(wide + narrow)
    assert (narrow + wide).columns["x"].type == "int64"


def longest() -> Probe[int]:
    """Look for the longest word beside a flag."""
    return Probe(
        "longest", ("word", "flag"), 0, lambda words, _: max((len(str(word)) for word in words), default=0), max
    )


def test_a_probe_sees_every_chunk_and_adds_up() -> None:
    baseline = Baseline.of(table([]))
    rows = [(1.0, 1, "a" * (at % 9), True) for at in range(50)]
    whole, odd = (
        Counts.of(baseline, table(rows), [longest()]),
        Counts.of(baseline, pa.table({"word": ["a"]}), [longest()]),
    )
    parts = [Counts.of(baseline, table(part), [longest()]) for part in (rows[:9], rows[9:])]
    assert whole.probed == parts[0].plus(parts[1], [longest()]).probed == {"longest": 8}
    assert odd.probed == {}
    assert (parts[0] + parts[1]).probed == {}


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_counts_survive_their_file(reference: list, batch: list) -> None:  # type: ignore[type-arg]
    counts = Counts.of(Baseline.of(table(reference), knots=8), table(batch))
    read = Counts.from_bytes(counts.to_bytes())
    assert content(read) == content(counts)
    assert content(read + counts) == content(counts + counts)


BASE = Baseline.of(table([(1.0, 1, "a", True), (2.0, 2, "b", False)]))
SOUND = Counts.of(
    BASE, table([(float("inf"), 7, "z", True), (-0.5, None, "a", False), (None, 1, None, True)])
).to_bytes()
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([]), st.just({}))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_a_header_is_refused_or_read(data: st.DataObject) -> None:
    header, arrays = unpack(SOUND)
    place: Any = header
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ODD)
            break
        place = place[key]
    with suppress(IntegrityError, ContractError):  # what is no json cannot even be written
        read = Counts.from_bytes(pack(header, arrays))
        assert Counts.from_bytes(read.to_bytes()).to_bytes() == read.to_bytes()


def forged(change: str) -> bytes:
    """Write a sound file whose content is no counts."""
    baseline = Baseline.of(pa.table({"c": ["a", "b"], "x": [1.0, 2.0]}))
    header, arrays = unpack(Counts.of(baseline, pa.table({"c": ["a", "z", "z"], "x": [1.0, 5.0, None]})).to_bytes())
    category, number = header["columns"]
    match change:
        case "rows":
            header["rows"] = 4
        case "what":
            header["what"] = "baseline"
        case "too many labels":
            category["unseen"]["labels"]["y"] = 7
        case "labels that are not all":
            category["unseen"]["labels"]["z"] = 1
        case "no label":
            category["unseen"]["labels"]["y"] = 0
        case "counts of more":
            arrays[0][0] = 9
        case "negative counts":
            arrays[1][0] = -1
        case "counts beyond n":
            arrays[1][-1] = 9
        case "moments of more":
            number["moments"]["n"] = 9
        case "ends the wrong way round":
            number["moments"]["minimum"] = 9.0
        case "no spread at all":
            number["moments"]["second"] = "0x0"
        case "endless sums":
            number["moments"]["first"] = "0x" + "f" * 5_000
        case "not a number":
            number["moments"]["maximum"] = "nan"
        case "infinities":
            number["infinite"] = [1, 1]
        case "a column twice":
            category["name"] = "x"
        case "an array too few":
            arrays.pop()
        case "an array too many":
            arrays.append(np.zeros(1))
    return pack(header, arrays)


@pytest.mark.parametrize(
    "change",
    [
        "rows", "what", "too many labels", "labels that are not all", "no label", "counts of more", "negative counts",
        "counts beyond n", "moments of more", "ends the wrong way round", "no spread at all", "endless sums",
        "not a number", "infinities", "a column twice", "an array too few", "an array too many",
    ],
)  # fmt: skip
def test_a_file_that_is_no_counts_is_refused(change: str) -> None:
    with pytest.raises(IntegrityError, match="not counts"):
        Counts.from_bytes(forged(change))


def test_the_forger_changes_only_what_is_said() -> None:
    assert Counts.from_bytes(forged("nothing")).rows == 3


def test_a_baseline_is_no_counts_and_counts_are_no_baseline() -> None:
    baseline = Baseline.of(pa.table({"x": [1]}))
    with pytest.raises(IntegrityError, match="not counts"):
        Counts.from_bytes(baseline.to_bytes())
    with pytest.raises(IntegrityError, match="not a baseline"):
        Baseline.from_bytes(Counts.of(baseline, pa.table({"x": [1]})).to_bytes())
