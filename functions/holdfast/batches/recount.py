"""Count a judged batch once more: exactly what was read, against the baseline and the contract of that time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from holdfast.batches import schema
from holdfast.batches.adapter import ObjectStore
from holdfast.batches.entries import BatchJudged
from holdfast.batches.gathering import Expired, Gatherer, PartLost
from holdfast.batches.judgement import assessed, counted
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.logic import Described
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.report.record import COUNTED, Recount, contracts
from holdfast.batches.schema import Contract
from holdfast.batches.verdict import BatchAssessment, refused
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.manifest import Model


@dataclass(frozen=True, slots=True)
class Recounter:
    """Where a batch, its baseline and its model's contract are read from."""

    objects: ObjectStore
    ledger: Ledger
    baseline: Callable[[str], Baseline]

    def recount(self, verdict: Entry, judged: BatchJudged, model: Model | None, *, expired: Expired) -> Recount:
        """Count a batch again, or say why not; raises `PartLost` if it may not be read, which an operator can mend."""
        if judged.level not in COUNTED or judged.baseline is None:
            return Recount()
        if model is None:
            return Recount(note="the model is not in the manifest any more: nothing was counted again")
        against = self.baseline(judged.baseline)
        try:
            with TemporaryDirectory(prefix="holdfast-") as folder:
                counts = counted(list(self._sources(judged, Path(folder), expired)), against, model, expired=expired)
        except PartLost as error:
            if error.waits_for == "permission":
                raise
            return Recount(note=f"not counted again: {error}")
        except BeyondLimits as error:
            return Recount(note=f"not counted again: {error}")
        except Unreadable as error:
            return Recount(assessment=refused(str(error)))
        assessment, version = self._assessed(verdict, judged, model, counts)
        return Recount(against, counts, assessment, version)

    def _sources(self, judged: BatchJudged, folder: Path, expired: Expired) -> Iterator[NamedSource]:
        found = Described(judged.source, judged.size or 0, judged.object_time, judged.closed_by, judged.objects)
        return Gatherer(self.objects).read(found, folder, expired=expired)

    def _assessed(
        self, verdict: Entry, judged: BatchJudged, model: Model, counts: Counts
    ) -> tuple[BatchAssessment, int]:
        """Judge the counts under the contract of that time, and give its version too."""
        against, agreed = self.baseline(str(judged.baseline)), self.baseline(judged.era or str(judged.baseline))
        changes, said = list(self.ledger.entries(schema.stream_of(judged.model))), []
        for state in contracts(changes, verdict):
            contract = Contract.of(agreed, state)
            assessment = assessed(counts, against, model, arrived=judged.object_time, contract=contract)
            said.append((assessment, contract.version))
        return next((one for one in said if one[0].level == judged.level), said[0])
