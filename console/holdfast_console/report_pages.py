"""Reports on batches that are judged at a desk: one page each with its twin, and an index where there are several."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.report.composed import composed
from holdfast.batches.report.document import BatchBefore, ObjectShown, Provenance, Report
from holdfast.batches.report.html import page
from holdfast.batches.report.listing import Listed, listing
from holdfast.batches.why.explained import explain
from holdfast.batches.why.history import Past, following, past_of
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError
from holdfast_console.batches import Judged
from holdfast_console.objects import SCHEME

MOST_HASHED = 64 * 1024**2
PAGE, TWIN = ".html", ".json"


class ReportPages:
    """Write a page and its twin for each batch, in the order given, each with those before it as its history.

    Of one batch the page is the file that was named; of several it is an index, and the pages lie in a folder beside
    it under numbers and the harmless part of their names.
    """

    def __init__(self, file: Path, *, reference: str, baseline: Baseline, total: int, owner: str | None = None) -> None:
        self._file = file if file.suffix == PAGE else file.with_name(f"{file.name}{PAGE}")
        self._reference, self._baseline, self._total = reference, baseline, total
        self._owner = owner
        self._past: list[Past] = []
        self._listed: list[Listed] = []

    def written(self, verdicts: Iterable[Judged]) -> Iterator[Judged]:
        """Hand verdicts on as they come, each once its report is written."""
        for one in verdicts:
            self.add(one)
            yield one

    def add(self, judged: Judged) -> Path:
        """Write the report on one batch; raises `ConfigurationError` if it cannot be written."""
        place, verdict, counts = judged.place, judged.verdict, judged.counts
        now = clock.now()
        source = _source(place)
        explanation = None if counts is None else explain(self._baseline, counts, verdict, past=self._past)
        lower, higher = ((), ()) if explanation is None else (explanation.lower, explanation.higher)
        moment = following(self._past, source[1] or now)
        self._past.append(past_of(verdict, key=_name(place), object_time=moment, lower=lower, higher=higher))
        provenance = Provenance(
            objects=(source[0],), object_time=source[1], judged_at=now, baseline_place=_told(self._reference),
            owner=self._owner, detector=verdict.detector,
        )  # fmt: skip
        report = composed(
            verdict,
            provenance,
            title=_name(place),
            baseline=self._baseline,
            counts=counts,
            explanation=explanation,
            history=self._past,
        )
        written = self._write(place, report)
        if self._total > 1:
            self._listed.append(Listed(_link(self._file, written), BatchBefore.of(self._past[-1]), verdict.reason))
            self._save(self._file, listing(f"{self._total} batches against {_name(self._reference)}", self._listed))
        return written

    def _write(self, place: str, report: Report) -> Path:
        file = self._file
        if self._total > 1:
            folder = self._file.with_suffix("")
            folder.mkdir(parents=True, exist_ok=True)
            width = len(str(self._total))
            file = folder / f"{len(self._listed) + 1:0{width}d}-{_harmless(place)}{PAGE}"
        self._save(file, page(report))
        self._save(file.with_suffix(TWIN), report.to_bytes())
        return file

    def _save(self, file: Path, data: bytes) -> None:
        try:
            file.write_bytes(data)
        except OSError as error:
            raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error


def _source(place: str) -> tuple[ObjectShown, datetime | None]:
    """Say what is known of a file; a large one is not hashed, which would cost as much as to judge it."""
    if place.startswith(SCHEME):
        return ObjectShown(place=place), None
    file = Path(place)
    found = file.stat()
    changed = datetime.fromtimestamp(int(found.st_mtime), UTC)
    if not file.is_file():
        return ObjectShown(place=_told(place)), changed
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if found.st_size <= MOST_HASHED else None
    return ObjectShown(place=_told(place), size=found.st_size, sha256=digest), changed


def _name(place: str) -> str:
    return place.rstrip("/").rpartition("/")[2][:1024]


def _told(place: str) -> str:
    """Tell of a local file by its name alone: a report that is handed on says nothing of the desk it was made at."""
    return place if place.startswith(SCHEME) else Path(place).name


def _harmless(place: str) -> str:
    """Make a file name of what a file or key is called: only letters, digits, dots, hyphens and underscores."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", Path(_name(place)).stem).strip(".-")[:60] or "batch"


def _link(index: Path, file: Path) -> str:
    return f"{index.with_suffix('').name}/{file.name}"
