"""From an object that arrived to what it is worth as a batch of one model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from holdfast.batches import baselines, schema
from holdfast.batches.adapter import Absent, Denied, ObjectStore, Opened
from holdfast.batches.baselines import BASELINES
from holdfast.batches.contract import BatchArrived
from holdfast.batches.gathering import Expired, Gatherer, PartLost
from holdfast.batches.judgement import assessed, counted
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.logic import BatchState, Described, Held, Verdict, beyond_us, object_of, untouched
from holdfast.batches.parts import Unusable
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.schema import SCHEMA, Contract
from holdfast.batches.seasons import season_of
from holdfast.batches.verdict import BatchAssessment, refused, unjudged
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause
from holdfast.manifest import Model


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an arrival for one model: why, when, until when, and whether it is the last one there will be."""

    model_name: str
    model: Model
    cause: Cause
    now: datetime
    expired: Expired
    is_last: bool


@dataclass(frozen=True, slots=True)
class Assessor:
    """Where batches, their baselines and their models' contracts are read from."""

    objects: ObjectStore
    ledger: Ledger
    baseline: Callable[[str], Baseline]

    def look(self, arrived: BatchArrived, state: BatchState, look: Look) -> Verdict | str:
        """Say what an object is worth, what is lacking to say so, or why there is nothing to say."""
        opened = self.objects.open(object_of(arrived))
        if isinstance(opened, Absent):
            return opened.reason
        if isinstance(opened, Denied):
            closed_by = look.model.batches.closed_by
            return untouched(arrived, opened.reason, model=look.model_name, now=look.now, closed_by=closed_by)
        if state.is_final(opened.described.source.etag, opened.described.modified):
            opened.close()
            return "judged already"
        return self._verdict(opened, look)

    def _verdict(self, opened: Opened, look: Look) -> Verdict | str:
        """Say what an object that can be read, or the parts that it closes, are worth."""
        described = replace(opened.described, closed_by=look.model.batches.closed_by)
        held = self._held(described, look)
        if described.closed_by == "object" and (reason := beyond_us(described)) is not None:
            opened.close()
            return Verdict.lacking("support", reason, described, model=look.model_name)
        if held is None:
            opened.close()
            return Verdict.lacking("baseline", "no baseline yet", described, model=look.model_name)
        found = Gatherer(self.objects).parts(opened, look.model.batches)
        if isinstance(found, Absent):
            return found.reason
        if not isinstance(found, Unusable):
            return self._read(opened, found, held, look)
        if found.waits_for is None:
            return _said(refused(found.reason), described, held, look)
        return Verdict.lacking(found.waits_for, found.reason, described, model=look.model_name)

    def _read(self, opened: Opened, found: Described, held: Held, look: Look) -> Verdict:
        """Fetch what holds the batch's rows, and measure it."""
        if not found.parts:
            return self._measured([NamedSource(found.source.key, opened.read())], found, held, look)
        try:
            with TemporaryDirectory(prefix="holdfast-") as folder:
                sources = list(Gatherer(self.objects).read(found, Path(folder), expired=look.expired))
                return self._measured(sources, found, held, look)
        except PartLost as error:
            return Verdict.lacking(error.waits_for, str(error), found, model=look.model_name)

    def _measured(self, sources: Sequence[NamedSource], found: Described, held: Held, look: Look) -> Verdict:
        try:
            counts = counted(sources, self.baseline(held.sha256), look.model, expired=look.expired)
        except Unreadable as error:
            return _said(refused(str(error)), found, held, look)
        except BeyondLimits as error:
            return _said(unjudged(str(error)), found, held, look)
        return self._assessed(counts, found, held, look)

    def _assessed(self, counts: Counts, found: Described, held: Held, look: Look) -> Verdict:
        """Judge the counts under the contract of the model's own baseline, and say what the contract is to take in."""
        era = held.era or held.sha256
        against, agreed = self.baseline(held.sha256), self.baseline(era)
        state = self.ledger.state(schema.stream_of(look.model_name), SCHEMA)
        contract = Contract.of(agreed, state)
        assessment = assessed(counts, against, look.model, arrived=found.modified, contract=contract)
        proposed = schema.decide(
            state, model=look.model_name, counts=counts, baseline=agreed, sha256=era, source=found.source,
            policy=look.model.columns, assessment=assessment,
        )  # fmt: skip
        return _said(assessment, found, held, look).proposing(None if proposed is None else proposed.body)

    def _held(self, described: Described, look: Look) -> Held | None:
        """Choose what to hold a batch against, and ask for the baselines that are wanted."""
        model, name = look.model, look.model_name
        stream, seasonal = baselines.stream_of(name), model.seasonal
        season = None if seasonal is None else season_of(described.modified, seasonal.same)
        asks = [partial(baselines.request, model=name, reference=model.reference, now=look.now)]
        if season is not None:
            reference, now = model.reference, look.now
            asks.append(partial(baselines.request_season, model=name, reference=reference, season=season, now=now))
        state = self.ledger.state(stream, BASELINES)
        for ask in asks:
            if ask(state) is not None:
                self.ledger.commit(stream, BASELINES, ask, cause=look.cause, now=look.now)
        return baselines.held(state, season)


def _said(assessment: BatchAssessment, found: Described, held: Held, look: Look) -> Verdict:
    return Verdict.of(assessment, found, model=look.model_name, baseline=held.sha256).against(held)
