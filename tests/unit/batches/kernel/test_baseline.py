"""A baseline survives its file bit for bit, and a file that is none is refused."""

import time

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.packing import pack, unpack
from holdfast.shared.errors import IntegrityError


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
    return pack(header, arrays)


@pytest.mark.parametrize(
    "change",
    [
        "rows", "kind", "unknown key", "knots out of order", "knots that are no number", "negative counts",
        "too few counts", "labels without counts", "labels twice", "an array too few", "an array too many",
        "a column twice",
    ],
)  # fmt: skip
def test_a_file_that_is_no_baseline_is_refused(change: str) -> None:
    with pytest.raises(IntegrityError, match="not a baseline"):
        Baseline.from_bytes(forged(change))


def test_the_forger_changes_only_what_is_said() -> None:
    assert Baseline.from_bytes(forged("nothing")).rows == 3
