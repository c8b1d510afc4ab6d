"""`holdfast drift --why`: what moved, in which segment, since when; in JSON and on the terminal."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.why.findings import Explanation
from holdfast_console.main import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a reference, four batches like it, then two in which one shop's prices rose."""
    random = np.random.default_rng(1)
    for name in ("reference", *(f"b{number}" for number in range(6))):
        rows = 8_000 if name == "reference" else 2_000
        shop = random.choice(["north", "south", "east"], rows)
        price = random.normal(100, 10, rows) + 15 * ((shop == "south") & (name in ("b4", "b5")))
        pq.write_table(pa.table({"shop": shop, "price": price}), tmp_path / f"{name}.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 is not enough")
    return tmp_path


def drift(folder: Path, *options: str, batches: tuple[str, ...] = ("b0", "b1", "b2", "b3", "b4", "b5")) -> int:
    """Judge batches in their order."""
    paths = [str(folder / f"{name}.parquet") for name in batches]
    return main(["drift", str(folder / "reference.parquet"), *paths, *options])


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Read what was printed as JSON lines."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_says_why_of_the_batches_before_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift(folder, "--why", "--json") == 1
    whys = [Explanation.model_validate(line["why"]) for line in lines(capsys)]
    assert [why.batches for why in whys] == [1, 2, 3, 4, 5, 6]
    assert [why.columns for why in whys[:4]] == [()] * 4
    (price,) = whys[5].columns
    assert price.direction.startswith("larger values: the median was 100")
    assert price.segment is not None
    assert (price.segment.column, price.segment.level, price.segment.kind) == ("shop", "south", "within")
    assert price.began is not None
    assert (price.began.key, price.began.batches) == ("b4.parquet", 2)


def test_the_order_given_counts_and_not_that_of_the_files_times(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drift(folder, "--why", "--json", batches=("b5", "b4", "b0", "b1", "b2", "b3"))
    assert all(column["began"] is None for line in lines(capsys) for column in line["why"]["columns"])


def test_the_terminal_says_it_in_sentences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drift(folder, "--why")
    said = capsys.readouterr().out
    assert "price: larger values: the median was 100" in said
    assert "of the change is gone without the rows where shop = south" in said
    assert "began with b4.parquet, 2 batches up to this one" in said


def test_unless_asked_nothing_is_said_of_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drift(folder, "--json")
    assert all("why" not in line for line in lines(capsys))


def test_a_batch_that_cannot_be_read_has_no_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert drift(folder, "--why", "--json", batches=("broken", "b5")) == 1
    broken, after = lines(capsys)
    assert "why" not in broken
    assert after["why"]["batches"] == 1
