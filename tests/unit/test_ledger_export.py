"""An export proves itself to somebody who trusts nothing in it."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.keys import open_place
from holdfast.ledger.logic import digest
from holdfast.shared.canonical import canonical
from holdfast_console.ledger_lines import MOST_LINE_BYTES
from holdfast_console.main import main
from tests.conftest import REGION, TABLE
from tests.integration.ledger.test_adapter import add, commit

Item = dict[str, Any]


@pytest.fixture
def export(ledger: Ledger, tmp_path: Path) -> Path:
    """Write a ledger of five entries as JSON lines."""
    for number in range(5):
        commit(ledger, add(number))
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(written(entry) for entry in ledger.entries("runs#model")))
    return path


def written(entry: Entry) -> bytes:
    """Write an entry as a line of an export."""
    return canonical(entry.model_dump(mode="json")) + b"\n"


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
    for _ in range(1_000):
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


def refused(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Expect an export to be found broken, and give the reason."""
    capsys.readouterr()
    assert main(["ledger", "verify", str(path), "--json"]) == 1
    said: dict[str, str] = json.loads(capsys.readouterr().out)
    return said["reason"]


@pytest.mark.parametrize("at", range(4))
def test_two_lines_swapped_are_found_where_they_stand(
    export: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    lines = export.read_bytes().splitlines(keepends=True)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    export.write_bytes(b"".join(lines))
    assert f"runs#model entry {at + 2}: follows entry {at}" in refused(export, capsys)


@pytest.mark.parametrize("at", range(4))
def test_a_line_dropped_or_doubled_is_found_where_it_stands(
    export: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
    assert f"runs#model entry {at + 2}: follows entry {at}" in refused(export, capsys)
    export.write_bytes(b"".join([*lines[: at + 1], *lines[at:]]))
    assert f"runs#model entry {at + 1}: follows entry {at + 1}" in refused(export, capsys)


def test_a_fork_is_found_where_it_leaves_the_chain(
    ledger: Ledger, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = list(ledger.entries("runs#model"))
    forged = entries[2].model_copy(update={"outcome": "refused"})
    forged = forged.model_copy(update={"hash": digest(forged)})
    export.write_bytes(b"".join(written(entry) for entry in [*entries[:2], forged, *entries[3:]]))
    assert "runs#model entry 4: previous is" in refused(export, capsys)


def test_a_line_cut_off_anywhere_within_is_found(export: Path) -> None:
    honest = export.read_bytes()
    ends = {at for at in range(len(honest) + 1) if honest[at - 1 : at] in (b"\n", b"}") or at == 0}
    for at in sorted(set(range(0, len(honest), 17)) - ends):
        export.write_bytes(honest[:at])
        assert main(["ledger", "verify", str(export)]) == 1, f"cut off at byte {at} and not found"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"sequence":1,', b'"sequence": 1,'),
        (b'"sequence":1,', b'"sequence":1.0,'),
        (b'"sequence":1,', b'"sequence":"1",'),
        (b'"schema_version":1,"sequence"', b'"schema_version":true,"sequence"'),
        (b'"outcome":"start"', b'"outcome":"st\\u0061rt"'),
        (b'"outcome":"start"', b'"outcome":"other","outcome":"start"'),
        (b"T12:00:00Z", b"T12:00:00+00:00"),
        (b"T12:00:00Z", b"T12:00:00.000000Z"),
    ],
)
def test_an_entry_spelled_otherwise_is_found(
    export: Path, capsys: pytest.CaptureFixture[str], old: bytes, new: bytes
) -> None:
    honest = export.read_bytes()
    assert old in honest
    export.write_bytes(honest.replace(old, new, 1))
    assert "entry 1: is not written as the ledger writes it" in refused(export, capsys)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema_version": NaN}', "[]", '{"Item": {"pk": 1}}', '{"a": 1}'])
def test_a_hostile_export_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(text)
    assert main(["ledger", "verify", str(path)]) == 1


def test_a_line_without_end_is_refused_before_it_is_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ledger.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": "' + b"x" * (50 * 1024 * 1024), 1))
    assert f"is longer than {MOST_LINE_BYTES} bytes" in refused(path, capsys)


def test_an_empty_export_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text("\n")
    assert main(["ledger", "verify", str(tmp_path)]) == 2
    (tmp_path / "ledger.jsonl").unlink()
    assert main(["ledger", "verify", str(tmp_path)]) == 2


def test_a_file_that_only_sounds_like_dynamodbs_own_is_proved_too(export: Path) -> None:
    hidden = export.with_name("my-manifest.jsonl")
    hidden.write_bytes(export.read_bytes().replace(b"due", b"dye"))
    assert main(["ledger", "verify", str(export.parent)]) == 1


def rewritten(table_export: Path, change: Callable[[list[Item]], list[Item]]) -> Path:
    """Change the items of an export of the whole table."""
    file = table_export / "AWSDynamoDB" / "data" / "part.json.gz"
    items = [json.loads(line)["Item"] for line in gzip.decompress(file.read_bytes()).splitlines()]
    lines = "".join(json.dumps({"Item": item}) + "\n" for item in change(items))
    file.write_bytes(gzip.compress(lines.encode()))
    return table_export


def sort_key(item: Item) -> str:
    """Give an item's sort key."""
    return str(item["sk"]["S"])


def test_the_items_of_a_table_come_in_any_order_and_from_any_file(table_export: Path) -> None:
    rewritten(table_export, lambda items: items[::-1])
    file = table_export / "AWSDynamoDB" / "data" / "part.json.gz"
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[1::2])))
    file.with_name("a.json.gz").write_bytes(gzip.compress(b"".join(lines[::2])))
    (table_export / "AWSDynamoDB" / "manifest-files.json").write_text('{"itemCount": 2}')
    (table_export / "AWSDynamoDB" / "manifest-summary.json").write_text('{"version": "2020-06-30"}')
    assert main(["ledger", "verify", str(table_export)]) == 0


def test_any_item_of_record_taken_out_is_found(table_export: Path) -> None:
    count = 5 + 5 + 1
    for at in range(count):

        def without(items: list[Item], at: int = at) -> list[Item]:
            kept = [item for item in items if not item["pk"]["S"].startswith("outbox#")]
            assert len(kept) == count
            return kept[:at] + kept[at + 1 :]

        file = table_export / "AWSDynamoDB" / "data" / "part.json.gz"
        honest = file.read_bytes()
        assert main(["ledger", "verify", str(rewritten(table_export, without))]) == 1
        file.write_bytes(honest)


def changed(items: list[Item], sort: str, **values: Item) -> list[Item]:
    """Change attributes of every item whose sort key starts so."""
    return [{**item, **values} if sort_key(item).startswith(sort) else item for item in items]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda items: [item for item in items if sort_key(item) != "head"], "runs#model has entries and no head"),
        (lambda items: changed(items, "head", hash={"S": "0" * 64}), "runs#model ends at entry 5, its head says 5"),
        (lambda items: changed(items, "head", sequence={"N": "05"}), "is not an item of the ledger's table"),
        (lambda items: changed(items, "decision", sequence={"N": "0"}), "its decision is on record at entry 0"),
        (lambda items: changed(items, "decision", sequence={"N": "-1"}), "its decision is on record at entry -1"),
        (lambda items: changed(items, "entry#000000000002", sk={"S": "entry#000000000009"}), "entry 2: stands at"),
        (lambda items: changed(items, "entry#000000000002", pk={"S": "stream#other"}), "entry 2: stands at"),
        (lambda items: changed(items, "decision", sk={"S": "note"}), "is no place in the ledger's table"),
        (lambda items: changed(items, "2026", pk={"S": "outbox#9"}), "where no entry belongs"),
    ],
)
def test_an_item_that_says_otherwise_is_found(
    table_export: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[list[Item]], list[Item]],
    said: str,
) -> None:
    assert said in refused(rewritten(table_export, change), capsys)


def test_a_decision_without_its_entry_is_found(table_export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    invented = {"sk": {"S": "decision"}, "stream": {"S": "runs#model"}, "sequence": {"N": "3"}}
    said = refused(
        rewritten(table_export, lambda items: [*items, {"pk": {"S": "decision#" + "a" * 64}, **invented}]), capsys
    )
    assert said == "runs#model entry 3: is not decision aaaaaaaaaaaa, which says so"


def test_two_entries_that_changed_places_are_found(table_export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def exchanged(items: list[Item]) -> list[Item]:
        second, third = (
            next(item for item in items if sort_key(item) == f"entry#00000000000{number}") for number in (2, 3)
        )
        second["entry"], third["entry"] = third["entry"], second["entry"]
        return items

    assert "stands at stream#runs#model entry#00000000000" in refused(rewritten(table_export, exchanged), capsys)


def test_a_forged_announcement_in_the_outbox_is_found(table_export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def forged(items: list[Item]) -> list[Item]:
        waiting = next(item for item in items if item["pk"]["S"].startswith("outbox#"))
        entry = Entry.model_validate_json(waiting["entry"]["S"]).model_copy(update={"outcome": "forged"})
        sealed = entry.model_copy(update={"hash": digest(entry)})
        waiting["entry"] = {"S": written(sealed).decode().strip()}
        return items

    assert "waits in the outbox and is not on record" in refused(rewritten(table_export, forged), capsys)


def test_a_note_of_what_is_open_is_proved_to_stand_where_it_belongs(
    table_export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, place = table_export / "AWSDynamoDB" / "data" / "part.json.gz", open_place("runs#model")
    honest = gzip.decompress(file.read_bytes())
    for (pk, sk), said in (
        (place, None),
        ((f"{place[0]}0", place[1]), "where another belongs"),
        (open_place("runs#never-was"), "has no entries"),
    ):
        note = json.dumps({"Item": {"pk": {"S": pk}, "sk": {"S": sk}}}).encode() + b"\n"
        file.write_bytes(gzip.compress(honest + note))
        assert main(["ledger", "verify", str(table_export)]) == (0 if said is None else 1)
        assert said is None or said in " ".join(capsys.readouterr().err.split())


def test_a_packed_file_that_is_damaged_or_cut_off_is_found(table_export: Path) -> None:
    file = table_export / "AWSDynamoDB" / "data" / "part.json.gz"
    honest, rng = file.read_bytes(), random.Random(7)
    for _ in range(40):
        flipped = bytearray(honest)
        flipped[rng.randrange(10, len(honest))] ^= 1 << rng.randrange(8)
        file.write_bytes(bytes(flipped))
        assert main(["ledger", "verify", str(table_export)]) == 1
        file.write_bytes(honest[: rng.randrange(1, len(honest))])
        assert main(["ledger", "verify", str(table_export)]) == 1


def test_misuse_is_told_apart_from_failure() -> None:
    assert main(["ledger", "verify", "/nowhere/at/all"]) == 64
    assert main(["no-such-command"]) == 64
