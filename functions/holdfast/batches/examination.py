"""A second look at a judged batch, on samples, by a detector that cannot work on counts: pure."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from holdfast.batches.alibi.sample import Sample
from holdfast.batches.entries import MOST_COLUMNS, BatchJudged
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import SHA256, Decision, DecisionId, Entry, identify
from holdfast.shared.contract import Emitted
from holdfast.shared.errors import ContractError

USABLE = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})


class BatchExamined(Emitted):
    """What one detector says of a judged batch, held against a sample of what its baseline was built of."""

    kind: ClassVar[str] = "Batch Examined"
    model: str
    verdict: DecisionId
    bucket: str
    key: str
    version_id: str
    etag: str | None
    object_time: AwareDatetime
    baseline: str = Field(pattern=SHA256)
    sample: str | None = Field(pattern=SHA256)
    sample_rows: int = Field(ge=0)
    columns_left_out: int = Field(ge=0)
    detector: str
    level: Level
    n: int = Field(ge=0)
    tests: int = Field(ge=0)
    columns: tuple[ColumnResult, ...] = Field(max_length=MOST_COLUMNS)
    columns_omitted: int = Field(ge=0)
    era: DecisionId | None = None


def usable(verdict: Entry) -> tuple[BatchJudged, str]:
    """Read the verdict and its baseline, or raise `ContractError` if the batch was not measured against one."""
    judged = BatchJudged.of(verdict)
    if judged.level not in USABLE or judged.baseline is None:
        raise ContractError(
            f"decision {verdict.decision_id} is {judged.level}, only batches held against a baseline are examined"
        )
    return judged, judged.baseline


def examined_id(verdict: str, detector: str) -> str:
    """Give the decision id of a detector's word on a verdict's batch."""
    return identify(BatchExamined.kind, verdict, detector)


def decide(
    assessment: BatchAssessment, judged: BatchJudged, *, verdict: str, baseline: str, sample: Sample | None
) -> Decision:
    """Record what a detector says: once for each verdict."""
    left_out = 0 if sample is None else sample.left_out
    body = BatchExamined(
        **judged.model_dump(include={"model", "bucket", "key", "version_id", "etag", "object_time", "era"}),
        verdict=verdict,
        baseline=baseline,
        sample=None if sample is None else sample.sha256,
        sample_rows=0 if sample is None else sample.rows.num_rows,
        columns_left_out=left_out,
        **assessment.shortened(MOST_COLUMNS).model_dump(include={"detector", "level", "n", "tests", "columns"}),
        columns_omitted=max(0, len(assessment.columns) - MOST_COLUMNS),
    )
    beyond = f"; {left_out} columns are beyond the bound and not in the samples" if left_out else ""
    reason = f"{assessment.detector}: {assessment.reason}{beyond}"
    return Decision(body.kind, judged.model, assessment.level.value, reason, body, (verdict, assessment.detector))
