"""A second look at a judged batch, on samples, by a detector that cannot work on counts: pure."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import AwareDatetime, Field

from holdfast.batches.entries import MOST_COLUMNS, BatchJudged
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.ledger.contract import SHA256, Decision, DecisionId, Entry, OnRecord, identify
from holdfast.shared.errors import ContractError

if TYPE_CHECKING:
    from holdfast.batches.alibi.sample import Sample

USABLE = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})


class BatchExamined(OnRecord):
    """What one detector says of a judged batch, held against a sample of what its baseline was built of.

    `arguments` are all it was told, those that the manifest leaves to it too; entries of before know none.
    """

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
    arguments: dict[str, Any] = Field(default_factory=dict)
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


def spoken(entries: Iterable[Entry], verdict: str) -> tuple[Entry, ...]:
    """Choose from the stream of a batch what was said of it after one verdict, in the order in which it was said."""
    said = (entry for entry in entries if entry.kind == BatchExamined.kind)
    return tuple(entry for entry in said if entry.body.get("verdict") == verdict)


def decide(
    assessment: BatchAssessment,
    judged: BatchJudged,
    *,
    verdict: str,
    baseline: str,
    sample: "Sample | None",
    arguments: Mapping[str, Any] | None = None,
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
        arguments=dict(arguments or {}),
        **assessment.shortened(MOST_COLUMNS).model_dump(include={"detector", "level", "n", "tests", "columns"}),
        columns_omitted=max(0, len(assessment.columns) - MOST_COLUMNS),
    )
    beyond = f"; {left_out} columns are beyond the bound and not in the samples" if left_out else ""
    reason = f"{assessment.detector}: {assessment.reason}{beyond}"
    return Decision(body.kind, judged.model, assessment.level.value, reason, body, (verdict, assessment.detector))
