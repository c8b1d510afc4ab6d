"""An export proves itself to somebody who trusts nothing in it."""

import gzip
import json
import random
from pathlib import Path

import boto3
import pytest

from holdfast.ledger.adapter import Ledger
from holdfast.shared.canonical import canonical
from holdfast_console.main import main
from tests.conftest import REGION, TABLE
from tests.integration.ledger.test_adapter import add, commit


@pytest.fixture
def export(ledger: Ledger, tmp_path: Path) -> Path:
    """Write a ledger of five entries as JSON lines."""
    for number in range(5):
        commit(ledger, add(number))
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(
        b"".join(canonical(entry.model_dump(mode="json")) + b"\n" for entry in ledger.entries("runs#model"))
    )
    return path


@pytest.fixture
def table_export(ledger: Ledger, tmp_path: Path) -> Path:
    """Write the whole table as DynamoDB exports it."""
    for number in range(5):
        commit(ledger, add(number))
    items = boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Items"]
    folder = tmp_path / "AWSDynamoDB" / "data"
    folder.mkdir(parents=True)
    with gzip.open(folder / "part.json.gz", "wt") as file:
        file.writelines(json.dumps({"Item": item}) + "\n" for item in items)
    return tmp_path


def test_an_honest_export_is_unbroken(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", str(export), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "path": str(export), "unbroken": True, "entries": 5, "streams": 1, "heads_compared": False,
    }  # fmt: skip


def test_any_flipped_byte_is_found(export: Path) -> None:
    honest, rng = export.read_bytes(), random.Random(7)
    for _ in range(200):
        at = rng.randrange(len(honest) - 1)
        flipped = bytearray(honest)
        flipped[at] ^= 1 << rng.randrange(8)
        export.write_bytes(bytes(flipped))
        assert main(["ledger", "verify", str(export)]) == 1, f"byte {at} flipped and not found"


def test_dynamodbs_own_export_is_unbroken(table_export: Path) -> None:
    assert main(["ledger", "verify", str(table_export)]) == 0


def test_an_end_cut_off_is_found_by_its_head(table_export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = table_export / "AWSDynamoDB" / "data" / "part.json.gz"
    lines = [
        line for line in gzip.decompress(file.read_bytes()).decode().splitlines() if "entry#000000000005" not in line
    ]
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert main(["ledger", "verify", str(table_export)]) == 1
    assert "ends at entry 4, its head says 5" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema_version": NaN}', "[]", '{"Item": {"pk": 1}}', '{"a": 1}'])
def test_a_hostile_export_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    assert main(["ledger", "verify", str(path)]) == 1


def test_an_empty_export_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text("\n")
    assert main(["ledger", "verify", str(tmp_path)]) == 2


def test_misuse_is_told_apart_from_failure() -> None:
    assert main(["ledger", "verify", "/nowhere/at/all"]) == 64
    assert main(["no-such-command"]) == 64
