"""Entry point: a batch was held against its baseline, so let the detectors that work on samples have their say."""

import os
from collections.abc import Iterator
from functools import cache

from holdfast.shared.queue import Message, each_message

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.batches import detectors
from holdfast.batches.adapter import Absent
from holdfast.batches.alibi.sampler import Pair, Sampler
from holdfast.batches.announced import Announced
from holdfast.batches.baselines import stream_of
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.entries import BaselineActivated
from holdfast.batches.examination import decide, examined_id, usable
from holdfast.batches.logic import BATCH
from holdfast.batches.policy import DetectorChoice
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.batches.verdict import BatchAssessment, unjudged
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Decision, Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import IntegrityError

logger = Logger(service="batch-examiner")


@cache
def ledger() -> Ledger:
    """Open the ledger once per execution environment."""
    return Ledger.connect(LedgerSettings.load(os.environ))


@cache
def manifest() -> Manifest:
    """Read what is governed once per execution environment."""
    return Manifest.load(LedgerSettings.load(os.environ).manifest)


@cache
def sampler() -> Sampler:
    """Open the objects and the samples once per execution environment."""
    return Sampler.connect(BatchJudgeSettings.load(os.environ))


@cache
def known() -> dict[str, Detector]:
    """Find the detectors once per execution environment."""
    return discover(detectors, Detector)


@each_message(logger)
def lambda_handler(message: Message, context: LambdaContext) -> None:
    """A verdict was announced: examine its batch by each detector that has not yet spoken on it."""
    verdict = Announced.receive(message.body).entry(ledger())
    judged, baseline = usable(verdict)
    waiting = [one for one in named(judged.model) if ledger().entry(examined_id(verdict.decision_id, one.name)) is None]
    if not waiting:
        logger.info("nothing to examine", model=judged.model, verdict=verdict.decision_id)
        return
    pair = sampler().pair(judged, baseline, activated(judged.model, baseline))
    for choice in waiting:
        assessment = assess(choice, judged.model, pair)
        sample = None if isinstance(pair, Absent) else pair.reference
        decision = decide(
            assessment, judged, verdict=verdict.decision_id, baseline=baseline, sample=sample,
            arguments=choice.settled().model_dump(mode="json"),
        )  # fmt: skip
        record(verdict, decision)


def named(model: str) -> list[DetectorChoice]:
    """Find the detectors a model names that work on samples; none if the model is governed no more."""
    governed = manifest().models.get(model)
    choices = () if governed is None else governed.drift.choices
    return [choice for choice in choices if known()[choice.name].kind == SAMPLE]


def activated(model: str, baseline: str) -> Iterator[BaselineActivated]:
    """Find in the ledger what a baseline was built of; raises `IntegrityError` if it was never in force."""
    for entry in ledger().entries(stream_of(model)):
        if entry.kind == BaselineActivated.kind and (body := BaselineActivated.of(entry)).sha256 == baseline:
            yield body
    raise IntegrityError(f"no entry of {model} activates baseline {baseline}, which a verdict names")


def assess(choice: DetectorChoice, model: str, pair: Pair | Absent) -> BatchAssessment:
    """Let a detector compare the samples, or say why there are none."""
    if isinstance(pair, Absent):
        return unjudged(pair.reason, detector=choice.name)
    compare, told = known()[choice.name].compare, choice.settled()
    return compare(pair.reference.rows, pair.batch, manifest().models[model].drift, arguments=told)


def record(verdict: Entry, decision: Decision) -> None:
    """Commit what a detector says to the stream of the batch."""
    ledger().commit(verdict.stream, BATCH, lambda _: decision, cause=verdict.cause_of_next, now=clock.now())
    logger.info("batch examined", level=decision.outcome, model=decision.subject, reason=decision.reason)
