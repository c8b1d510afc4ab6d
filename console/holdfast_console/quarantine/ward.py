"""The ward: what is in quarantine, from the ledger, and its release in the caller's own name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from holdfast.batches.entries import BatchJudged, BatchQuarantined
from holdfast.batches.logic import BATCH, BatchState
from holdfast.batches.release import release
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import Author
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.clients import client
from holdfast.shared.errors import ConfigurationError, IntegrityError
from holdfast_console.caller import caller

ACTOR = "holdfast quarantine"
REFERENCE = re.compile(r"[0-9a-f]{6,64}")
WHOLE = 64


@dataclass(frozen=True, slots=True)
class Patient:
    """A batch that was refused: the verdict, and how it stands."""

    verdict: Entry
    state: BatchState

    @property
    def judged(self) -> BatchJudged:
        """Give what the verdict says."""
        return BatchJudged.of(self.verdict)

    @property
    def status(self) -> str:
        """Say whether it is still refused."""
        return "released" if self.state.is_released else "quarantined"

    def as_json(self) -> dict[str, Any]:
        """Give all that is known of it as one object."""
        said = self.judged.model_dump(mode="json", include={"model", "bucket", "key", "version_id", "object_time"})
        parts = [part.key for part in self.judged.parts]
        known = {"verdict": self.verdict.decision_id, "status": self.status, "reason": self.verdict.reason}
        return {**said, "parts": parts, **known}


@dataclass(frozen=True, slots=True)
class Ward:
    """Where refused batches are looked up and released, in the caller's name."""

    manifest: Manifest
    ledger: Ledger
    arn: str

    @classmethod
    def open(cls, path: Path, *, region: str | None, table: str) -> "Ward":
        """Open the ledger as whoever's credentials these are; raises `ConfigurationError` if they cannot be told."""
        manifest = Manifest.load(path)
        if region is None and not manifest.buckets:
            raise ConfigurationError(f"{path} names no bucket: no batch is judged, so none is in quarantine")
        region = region or manifest.buckets[0].region
        ledger = Ledger(client("dynamodb", region), table, Author(ACTOR, manifest.digest))
        return cls(manifest, ledger, caller(region)[1])

    def patients(self, models: Sequence[str] = ()) -> Iterator[Patient]:
        """Give what is in quarantine of these models, or of all that the manifest names."""
        for model in models or sorted(self.manifest.models):
            for subject in sorted(self.ledger.open_subjects("batches", f"{model}/")):
                state = self.ledger.state(f"batches#{subject}", BATCH)
                if state.is_quarantined and state.verdict is not None:
                    yield Patient(self._entry(state.verdict), state)

    def find(self, reference: str) -> Patient:
        """Find the batch of a verdict's id or of its beginning; raises `ConfigurationError` unless there is one."""
        if not REFERENCE.fullmatch(reference):
            raise ConfigurationError(f"a verdict is named by 6 or more characters of its id, got {reference[:80]!r}")
        if len(reference) == WHOLE:
            return self._known(reference)
        found = [one for one in self.patients() if one.verdict.decision_id.startswith(reference)]
        if len(found) != 1:
            said = f"{len(found)} verdicts begin with {reference}" if found else f"nothing in quarantine is {reference}"
            raise ConfigurationError(f"{said}: `holdfast quarantine list` lists them")
        return found[0]

    def history(self, patient: Patient) -> list[Entry]:
        """Give what was done about a batch, from the first entry on."""
        return list(self.ledger.entries(patient.verdict.stream))

    def release(self, patient: Patient, *, why: str) -> Entry | None:
        """Record that the caller lets a batch be used again; `None` if it is released already."""
        step = partial(release, verdict=patient.verdict, by=self.arn, why=why)
        cause = patient.verdict.cause_of_next
        return self.ledger.commit(patient.verdict.stream, BATCH, step, cause=cause, now=clock.now())

    def _known(self, verdict: str) -> Patient:
        entry = self.ledger.entry(verdict)
        if entry is None or entry.kind != BatchJudged.kind:
            raise ConfigurationError(f"{verdict[:12]} is no verdict on a batch")
        return Patient(entry, self.ledger.state(entry.stream, BATCH))

    def _entry(self, verdict: str) -> Entry:
        if (entry := self.ledger.entry(verdict)) is None:
            raise IntegrityError(f"verdict {verdict} is in its stream's state and not in the ledger")
        return entry


def copy_of(history: Sequence[Entry]) -> str | None:
    """Name where the copy of a refused batch lies, if one was made."""
    made = [BatchQuarantined.of(entry).copied_to for entry in history if entry.kind == BatchQuarantined.kind]
    return next((f"s3://{one.bucket}/{one.key}" for one in made if one is not None), None)
