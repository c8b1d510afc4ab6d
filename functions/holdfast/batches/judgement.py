"""From the files of a batch and its model's baseline to the verdict of all that works on counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from holdfast.batches import detectors
from holdfast.batches.detection import COUNTS, Detector
from holdfast.batches.expected import known
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.outcome import Word
from holdfast.batches.policy import EXACT
from holdfast.batches.reading.limits import BeyondLimits, Expired, Unreadable, never
from holdfast.batches.reading.reader import read_counts
from holdfast.batches.reading.source import Source
from holdfast.batches.schema import Contract, checked
from holdfast.batches.verdict import (
    SEVERITY,
    BatchAssessment,
    ColumnResult,
    Level,
    called,
    refused,
    unjudged,
)
from holdfast.manifest import Model
from holdfast.shared.catalogue import discover

if TYPE_CHECKING:
    from holdfast.batches.expectation import Parameters, View

LEVELS: Mapping[Word, Level] = {
    "held": Level.NONE,
    "undecided": Level.NOTICE,
    "uncountable": Level.UNKNOWN,
    "no_rows": Level.NOT_ENOUGH_DATA,
}
SAID: Mapping[Word, str] = {"undecided": "undecided: ", "uncountable": "not counted: "}


@cache
def catalogue() -> dict[str, Detector]:
    """Find every detector once."""
    return discover(detectors, Detector)


def counted(
    sources: Source | Sequence[Source], baseline: Baseline, model: Model, *, expired: Expired = never
) -> Counts:
    """Count a batch, with the probes that the model's expectations want, in one pass.

    Raises `Unreadable` (its producer must act) or `BeyondLimits` (the operator must).
    """
    probes = {probe.id: probe for one in model.expectations for probe in wanted(one, baseline)}
    return read_counts(sources, baseline, probes=tuple(probes.values()), expired=expired)


def assessed(
    counts: Counts,
    baseline: Baseline,
    model: Model,
    *,
    arrived: datetime | None = None,
    contract: Contract | None = None,
) -> BatchAssessment:
    """Give the gravest verdict of the model's detectors on counts, its expectations and its contract."""
    agreed = Contract.of(baseline) if contract is None else contract
    extra = [
        *checked(counts, agreed, model.columns, owner=model.owner),
        *expected(counts, baseline, model, arrived=arrived),
    ]
    chosen = [one if isinstance(one, str) else one.name for one in model.drift.detectors]
    named = [name for name in chosen if catalogue()[name].kind == COUNTS] or [EXACT]
    critical = model.columns.critical
    said = [catalogue()[name].compare(baseline, counts, model.drift, critical=critical, extra=extra) for name in named]
    return max(said, key=lambda assessment: SEVERITY.index(assessment.level))


def wanted(parameters: "Parameters", baseline: Baseline) -> tuple[AnyProbe, ...]:
    """Give what an expectation wants counted."""
    return known(parameters.expect).probes(parameters, baseline)


def expected(counts: Counts, baseline: Baseline, model: Model, *, arrived: datetime | None) -> list[ColumnResult]:
    """Say of each expectation of a model whether the batch is as expected; a model without any imports nothing."""
    if not model.expectations:
        return []
    from holdfast.batches.expectation import View

    view = View(counts, baseline, arrived)
    return [_expected(view, parameters) for parameters in model.expectations]


def _expected(view: "View", parameters: "Parameters") -> ColumnResult:
    outcome = known(parameters.expect).check(view, parameters, *wanted(parameters, view.baseline))
    broken = Level.QUARANTINED if parameters.on_failure == "quarantine" else Level.NOTICE
    level = LEVELS.get(outcome.word, broken)
    return ColumnResult(
        name=called(parameters.of),
        test="expectation",
        n=view.counts.rows,
        effect=outcome.share,
        threshold=outcome.allowed,
        level=level,
        detail=f"{parameters.expect}: {SAID.get(outcome.word, '')}{outcome.said}"[:300],
    )


def measure(
    sources: Source | Sequence[Source],
    baseline: Baseline,
    model: Model,
    *,
    arrived: datetime | None = None,
    contract: Contract | None = None,
    expired: Expired = never,
) -> BatchAssessment:
    """Count a batch and judge it; what is broken is refused, what is beyond us is unknown."""
    try:
        counts = counted(sources, baseline, model, expired=expired)
    except Unreadable as error:
        return refused(str(error))
    except BeyondLimits as error:
        return unjudged(str(error))
    return assessed(counts, baseline, model, arrived=arrived, contract=contract)
