"""A baseline survives its file bit for bit, and a file that is none is refused."""

import base64
import time
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel import numeric
from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.batches.kernel.selection import ranked
from holdfast.shared.errors import ContractError, IntegrityError


def reference(rows: int = 4_000, seed: int = 1) -> pa.Table:
    """Draw a reference with a column of each kind."""
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "amount": random.lognormal(size=rows),
            "count": pa.array(random.poisson(4, rows), mask=random.random(rows) < 0.1),
            "huge": random.integers(2**62, 2**63 - 1, rows),
            "flag": random.random(rows) < 0.3,
            "city": random.choice(["Athens", "Bergen", "Cádiz"], rows),
            "when": pa.array(random.integers(0, 10**15, rows), pa.timestamp("us")),
            "gone": pa.nulls(rows),
            "tags": pa.array([[1]] * rows),
        }
    )


def test_a_column_of_each_kind_is_kept() -> None:
    kinds = [column.kind for column in Baseline.of(reference()).columns.values()]
    assert kinds == [*[Kind.NUMBER] * 4, Kind.CATEGORY, Kind.TIME, Kind.EMPTY, Kind.NESTED]


def test_what_is_missing_is_counted() -> None:
    table = pa.table({"x": pa.array([1.0, None, float("nan"), float("nan")])})
    column = Baseline.of(table).columns["x"]
    assert (column.n, column.nulls, column.nans, column.missing) == (1, 1, 2, 3)


@pytest.mark.parametrize("knots", [None, 64, 4_096])
def test_a_baseline_survives_its_file(knots: int | None) -> None:
    built = Baseline.of(reference(), knots=knots)
    data = built.to_bytes()
    read = Baseline.from_bytes(data)
    assert read.to_bytes() == data
    assert read.rows == built.rows
    assert list(read.columns) == list(built.columns)
    assert [column.type for column in read.columns.values()] == [column.type for column in built.columns.values()]


def test_the_order_of_rows_does_not_change_the_file() -> None:
    table = reference()
    shuffled = table.take(np.random.default_rng(3).permutation(table.num_rows))
    assert Baseline.of(shuffled).to_bytes() == Baseline.of(table).to_bytes()


def test_another_reference_is_another_file() -> None:
    assert Baseline.of(reference(seed=2)).to_bytes() != Baseline.of(reference()).to_bytes()


def test_it_is_small_and_loaded_in_milliseconds() -> None:
    random = np.random.default_rng(1)
    table = pa.table({f"x{number}": random.standard_normal(20_000) for number in range(20)})
    data = Baseline.of(table).to_bytes()
    started = time.process_time()
    Baseline.from_bytes(data)
    assert time.process_time() - started < 0.1
    assert len(data) < 20 * 4_096 * 8


def test_an_empty_reference_is_kept_too() -> None:
    empty = Baseline.of(reference().slice(0, 0))
    assert Baseline.from_bytes(empty.to_bytes()).rows == 0


def test_moments_and_infinities_are_kept() -> None:
    built = Baseline.of(pa.table({"x": [1.0, 3.0, float("inf"), float("-inf"), float("inf"), None]}))
    column = Baseline.from_bytes(built.to_bytes()).columns["x"]
    assert (column.n, column.infinite) == (5, (1, 2))
    assert column.moments is not None
    assert (column.moments.n, column.moments.mean, column.moments.deviation) == (2, 2.0, 1.0)
    assert column.moments == built.columns["x"].moments


def test_the_sample_of_rows_is_kept() -> None:
    built = Baseline.of(reference())
    read = Baseline.from_bytes(built.to_bytes())
    assert read.joint is not None
    assert built.joint is not None
    assert read.joint.names == built.joint.names
    np.testing.assert_array_equal(read.joint.correlations(), built.joint.correlations())
    assert read.segments is not None
    assert built.segments is not None
    np.testing.assert_array_equal(read.segments.counts, built.segments.counts)


ROWS = st.lists(st.tuples(st.one_of(st.none(), st.floats()), st.sampled_from(["a", "b", None, "ü"])), max_size=60)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(2, 9), st.integers(1, 5), st.randoms())
def test_rows_in_any_order_and_cut_are_one_file(rows: list, knots: int, parts: int, random: Random) -> None:  # type: ignore[type-arg]
    def table(rows: list) -> pa.Table:  # type: ignore[type-arg]
        schema = pa.schema({"x": pa.float64(), "c": pa.string()})
        return pa.table([[row[0] for row in rows], [row[1] for row in rows]], schema=schema)

    shuffled = random.sample(rows, len(rows))
    size = -(-len(rows) // parts) or 1
    cut = pa.concat_tables([table(shuffled[at : at + size]) for at in range(0, len(rows), size)] or [table([])])
    assert Baseline.of(cut, knots=knots).to_bytes() == Baseline.of(table(rows), knots=knots).to_bytes()


@pytest.mark.parametrize("kind", ["numbers", "ties", "infinities", "huge", "times"])
def test_a_column_too_large_to_hold_is_the_same_as_one_held(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    values = {
        "numbers": lambda: pa.array(random.lognormal(size=30_000)),
        "ties": lambda: pa.array(np.round(random.standard_normal(30_000), 1), mask=random.random(30_000) < 0.2),
        "infinities": lambda: pa.array(random.choice([np.inf, -np.inf, np.nan, 0.0, 1.5, -0.0], 30_000)),
        "huge": lambda: pa.array(random.integers(2**62, 2**63 - 1, 30_000)),
        "times": lambda: pa.array(random.integers(0, 10**15, 30_000), pa.timestamp("ns", "Europe/Athens")),
    }[kind]()
    chunks = [values[at : at + 7_000] for at in range(0, 30_000, 7_000)]
    passes = []

    def again() -> list[pa.Array]:
        passes.append(1)
        return chunks

    whole = BaselineColumn.of([values], values.type, knots=64)
    monkeypatch.setattr(numeric, "ranked", partial(ranked, held=6_000, sample=3_000))
    flat = BaselineColumn.of(again, values.type, knots=64)
    assert Baseline(30_000, {"x": flat}).to_bytes() == Baseline(30_000, {"x": whole}).to_bytes()
    assert len(passes) <= 4


def test_a_baseline_says_how_far_a_distance_may_be_understated() -> None:
    values = np.random.default_rng(1).standard_normal(50_000)
    known = [Baseline.of(pa.table({"x": values}), knots=knots).columns["x"].values for knots in (64, None)]
    coarse, exact = (one.resolution for one in known if isinstance(one, Distribution))
    assert 0.9 / 64 < coarse < 1 / 63
    assert exact == 0


def test_a_file_of_the_first_version_is_read() -> None:
    read = Baseline.from_bytes(base64.b85decode(FIRST_VERSION))
    assert (read.rows, read.joint, read.segments) == (6, None, None)
    number, whole, word = (read.columns[name] for name in ("x", "i", "c"))
    assert isinstance(number.values, Distribution)
    assert (number.values.knots.tolist(), number.infinite, number.moments) == ([0, 1, 2.5, np.inf], (0, 1), None)
    assert (whole.n, whole.nulls) == (5, 1)
    assert isinstance(word.values, Categories)
    assert word.values.labels == ("a", "b", "ü")
    counts = Counts.of(read, pa.table({"x": [1.0], "i": [2], "c": ["z"], "n": pa.nulls(1), "l": [[1]]}))
    assert counts.columns["x"].moments is not None
    assert Baseline.from_bytes(read.to_bytes()).to_bytes() == read.to_bytes()


FIRST_VERSION = (
    "NKZ^eMnO|l0RR91FiXqZ3jzQD00000;{pHx00000D77#BVB-Ph2LRFxD=Cnt>Hq(G%-!8}q*R2J?At7n>&HfmLM^j(2X#dDqyHf%Gr#l1PxcPWFbuVnq"
    "5zDw)Ps_s76A)2O$|@Hw&@504DNgfQ$9X8adyg0`iQ0iZlYhDvT28ixSqM*eTm|e*y$Q1nf;DepwpKb=y4R$ybj#q><e9A5%#_^L(MLE8OPVhWgygNc"
    "lt40Y6$VuTw;&wxLvrmMqr?SU$h~5g)a-cj9iTFQX?SHf}tUHd?O=C9}?q$);$bkk98yzu3(Z-+@kd$FKB>^lb9+*ZL}V7^?iwUh27v5PA66oi|Z<#P"
    "-`j#gEqSi+*%o+b#t^@2Jr"
)
SOUND = Baseline.of(pa.table({"x": [1.0, 2.0, 4.0], "c": ["a", "b", "b"], "i": [2**62, 1, 1]})).to_bytes()
ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_a_header_is_refused_or_read(data: st.DataObject) -> None:
    header, arrays = unpack(SOUND)
    place: Any = header
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ODD)
            break
        place = place[key]
    try:
        forged = pack(header, arrays)
    except ContractError:  # what is no json cannot be written
        return
    with suppress(IntegrityError):
        Baseline.from_bytes(forged).to_bytes()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(1, 255)), max_size=4), st.integers(0, len(SOUND)))
def test_whatever_is_changed_in_a_file_is_refused(changes: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(SOUND)
    for at, bits in changes:
        broken[at] ^= bits
    if bytes(broken[:length]) != SOUND:
        with pytest.raises(IntegrityError):
            Baseline.from_bytes(bytes(broken[:length]))


def forged(change: str) -> bytes:
    """Write a sound file whose content is no baseline."""
    header, arrays = unpack(Baseline.of(pa.table({"x": [1.0, 2.0, 4.0], "c": ["a", "b", "b"]})).to_bytes())
    match change:
        case "rows":
            header["rows"] = 7
        case "kind":
            header["columns"][0]["kind"] = "colour"
        case "unknown key":
            header["columns"][0]["colour"] = 1
        case "knots out of order":
            arrays[0] = arrays[0][::-1].copy()
        case "knots that are no number":
            arrays[0] = np.array([1.0, np.nan, 3.0])
        case "negative counts":
            arrays[1] = -arrays[1]
        case "too few counts":
            arrays[1] = arrays[1][:-2]
        case "labels without counts":
            header["columns"][1]["labels"] = ["a", "b", "c"]
        case "labels twice":
            header["columns"][1]["labels"] = ["a", "a"]
        case "an array too few":
            arrays.pop()
        case "an array too many":
            arrays.append(np.zeros(1))
        case "a column twice":
            header["columns"][1]["name"] = "x"
        case "a first knot with values below":
            arrays[1][0], arrays[1][1] = 1, 0
        case "counts that overflow":
            arrays[1][:] = 2**62
        case "moments on another grid":
            header["columns"][0]["moments"]["centre"] = 7.0
        case "moments of a category":
            header["columns"][1]["moments"] = header["columns"][0]["moments"]
        case "a sample of other columns":
            header["samples"]["joint"]["names"] = ["x", "y", "z"]
        case "a sample that is none":
            header["samples"]["segments"] = {"names": 7}
    return pack(header, arrays)


@pytest.mark.parametrize(
    "change",
    [
        "rows", "kind", "unknown key", "knots out of order", "knots that are no number", "negative counts",
        "too few counts", "labels without counts", "labels twice", "an array too few", "an array too many",
        "a column twice", "a first knot with values below", "counts that overflow", "moments on another grid",
        "moments of a category", "a sample of other columns", "a sample that is none",
    ],
)  # fmt: skip
def test_a_file_that_is_no_baseline_is_refused(change: str) -> None:
    with pytest.raises(IntegrityError, match="not a baseline"):
        Baseline.from_bytes(forged(change))


def test_the_forger_changes_only_what_is_said() -> None:
    assert Baseline.from_bytes(forged("nothing")).rows == 3
