"""The reports that the story's batches left behind: whether they are what the ledger says, and the worst to look at."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.batches.report.entries import ReportStored, StoredFile
from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Entry
from holdfast_console.replay.session import Twin


def are_borne_out(twin: Twin, verdicts: Iterable[Entry], reports: Iterable[Entry]) -> bool:
    """Tell whether each verdict has a report, under lock, of the very bytes whose hash is on record."""
    stored = [ReportStored.of(entry) for entry in reports]
    files = [file for body in stored for file in (body.page, body.twin)]
    is_whole = {body.verdict for body in stored} == {entry.decision_id for entry in verdicts}
    return is_whole and all(_is_as_recorded(twin, file) for file in files)


def worst(twin: Twin) -> Iterator[tuple[str, bytes]]:
    """Give the page of each model's last drifted batch, with the model's name."""
    last: dict[str, ReportStored] = {}
    for entry in twin.ledger_entries():
        if entry.kind == ReportStored.kind and (body := ReportStored.of(entry)).past.level is Level.DRIFT:
            last[body.model] = body
    for model, body in last.items():
        yield model, _fetched(twin, body.page)["Body"].read()


def _is_as_recorded(twin: Twin, file: StoredFile) -> bool:
    found = _fetched(twin, file)
    is_same = hashlib.sha256(found["Body"].read()).hexdigest() == file.sha256
    return is_same and found.get("ObjectLockMode") in ("GOVERNANCE", "COMPLIANCE")


def _fetched(twin: Twin, file: StoredFile) -> Any:
    bucket, _, key = file.uri.removeprefix("s3://").partition("/")
    return twin.client("s3").get_object(Bucket=bucket, Key=key, VersionId=file.version_id)
