"""The chapters about whole batches: due and missed, closed and taken together, refused and let in by a person."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from holdfast.batches.entries import BatchJudged, SchemaEvolved
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import Author
from holdfast_console.quarantine.ward import ACTOR, Ward
from holdfast_console.story.batch_reports import are_borne_out
from holdfast_console.story.chapter import Chapter, Claim
from holdfast_console.story.data import csv_gz, deliveries, snowed_in, with_tips

if TYPE_CHECKING:
    from holdfast_console.story.chapters import Teller

MODEL, MONTHLY = "late-orders", "bike-demand"
FOLDERS = f"{MODEL}/batches"
PARTS, ROWS = 3, 4500
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def missed(teller: "Teller") -> Chapter:
    """A month goes by, and nothing comes."""
    teller.twin.advance(WEEK, ticks_every=DAY)
    told = [note for note in teller.twin.notifications() if f"Batch Missed: {MONTHLY}" in note.subject]
    return Chapter(
        "A batch that never came",
        "Bicycle hires are due once a month, and two days late at most. What does not arrive sends no event: a timer "
        "lists the prefix, finds that the deadline has passed with nothing there, and says so.",
        claims=[
            Claim("the deadline that passed is on record once", len(teller.new("Batch Missed", MONTHLY)) == 1),
            Claim("its owner was told", [note.attributes["audience"] for note in told] == ["owner"]),
            Claim("of models without a deadline nothing is said", len(teller.new("Batch Missed")) == 1),
        ],
    )


def gathered(teller: "Teller") -> Chapter:
    """Three files and a marker; then a column that nobody has seen before."""
    twin = teller.twin
    _parts(teller, "day-01", deliveries(ROWS, seed=41))
    alone = teller.new(BatchJudged.kind, MODEL)
    _close(teller, "day-01")
    first = [BatchJudged.of(entry) for entry in _verdicts(teller)]
    for number in (2, 3):
        _folder(teller, f"day-{number:02d}", with_tips(deliveries(ROWS, seed=40 + number)))
    evolved = [SchemaEvolved.of(entry) for entry in teller.new(SchemaEvolved.kind, MODEL)]
    accepted = [entry.outcome in ("none", "notice") for entry in _verdicts(teller)]
    return Chapter(
        "A folder of CSV files is one batch",
        "The shop's system exports each day as gzipped CSV in three files, and closes the folder with _SUCCESS: until "
        "then nothing is judged, and then all of it at once. On the second day there is a column more, which the "
        "manifest lets the contract take in as optional.",
        claims=[
            Claim("three files alone cause nothing", not alone),
            Claim(
                "closed, they are one batch, with one verdict on all of their rows",
                [(len(body.parts), body.n) for body in first] == [(PARTS, ROWS)],
            ),
            Claim("all three days are accepted", accepted == [True] * 3),
            Claim(
                "the new column entered the contract once, though two days brought it",
                [(body.version, [column.name for column in body.columns]) for body in evolved] == [(2, ["tip_eur"])],
            ),
            Claim(
                "each verdict has its report, under lock, of the bytes whose hash is on record",
                are_borne_out(twin, teller.new(BatchJudged.kind, MODEL), teller.new("Report Stored", MODEL)),
            ),
        ],
    )


def released(teller: "Teller") -> Chapter:
    """It looks like a fault of the export, and was snow."""
    twin = teller.twin
    _folder(teller, "day-04", deliveries(ROWS, seed=44, shift=0.7))
    _folder(teller, "day-05", snowed_in(deliveries(ROWS, seed=45, shift=0.7)))
    refused = _verdicts(teller)[1:]
    person = f"arn:aws:sts::{twin.account}:assumed-role/shop-team/on-call"
    _release(teller, person, why="it snowed, and couriers did take five hours")
    twin.advance(HOUR, ticks_every=HOUR)
    too_early = teller.new("Retrain Decided", MODEL)
    _folder(teller, "day-06", deliveries(ROWS, seed=46, shift=0.7))
    twin.advance(HOUR, ticks_every=HOUR / 2)
    decided, let_in = teller.new("Retrain Decided", MODEL), teller.new("Batch Released", MODEL)
    lifted = teller.new("Quarantine Lifted", MODEL)
    learned = [one["key"].split("/")[2] for entry in decided for one in entry.body["inputs"]]
    return Chapter(
        "A refused batch is let in by a person",
        "The manifest expects no delivery to take more than four hours. Between two drifted days one breaks that, and "
        "goes to quarantine, file by file. It was no fault: somebody of the shop's team looks, and releases it in "
        "their own name. It stays no evidence of drift; but the training that the other two bring about learns from "
        "it as well.",
        claims=[
            Claim("the batch was refused", [entry.outcome for entry in refused] == ["quarantined"]),
            Claim("the reason names what it broke", all("outside at most 240" in one.reason for one in refused)),
            Claim("a person let it in, once, by name", [entry.body["by"] for entry in let_in] == [person]),
            Claim("its files bear our mark no more", [entry.outcome for entry in lifted] == ["lifted"]),
            Claim("one drifted day and a released one are no reason to train", not too_early),
            Claim("two are, and the released one is learned from", learned == ["day-04", "day-05", "day-06"]),
        ],
    )


def _folder(teller: "Teller", name: str, table: pa.Table) -> None:
    """Let a day go by, and its folder arrive and be closed."""
    teller.twin.advance(DAY, ticks_every=DAY)
    _parts(teller, name, table)
    _close(teller, name)


def _parts(teller: "Teller", name: str, table: pa.Table) -> None:
    size = -(-table.num_rows // PARTS)
    for number in range(PARTS):
        part = csv_gz(table.slice(number * size, size))
        teller.twin.put("ml-data", f"{FOLDERS}/{name}/part-{number}.csv.gz", part)
    teller.twin.settle()


def _close(teller: "Teller", name: str) -> None:
    teller.twin.put("ml-data", f"{FOLDERS}/{name}/_SUCCESS", b"")
    teller.twin.settle()


def _verdicts(teller: "Teller") -> list[Entry]:
    """Give this chapter's verdicts, without those that waited for the first baseline."""
    return [entry for entry in teller.new(BatchJudged.kind, MODEL) if entry.outcome != "unknown"]


def _release(teller: "Teller", person: str, *, why: str) -> None:
    """Release all that is in quarantine, as `holdfast quarantine release` does."""
    twin = teller.twin
    table = twin.function("LedgerPublisher").environment["HOLDFAST_LEDGER_TABLE"]
    ward = Ward(twin.manifest, Ledger(twin.client("dynamodb"), table, Author(ACTOR, twin.manifest.digest)), person)
    for patient in list(ward.patients([MODEL])):
        ward.release(patient, why=why)
