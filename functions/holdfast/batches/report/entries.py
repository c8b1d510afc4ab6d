"""What this domain puts on record of its reports."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from holdfast.batches.report.document import MOST_EXAMINED
from holdfast.batches.why.history import Past
from holdfast.ledger.contract import SHA256, DecisionId, OnRecord
from holdfast.shared.contract import Emitted


class StoredFile(Emitted):
    """A file of a report, exactly as it is stored."""

    uri: str
    version_id: str
    sha256: str = Field(pattern=SHA256)
    size: int = Field(ge=0)


class ReportStored(OnRecord):
    """The report on a verdict is stored under lock; `past` is what the reports on later batches need of this one.

    A batch that detectors on samples examine has several: `examinations` names what each tells of beside the verdict.
    """

    kind: ClassVar[str] = "Report Stored"
    verdict: DecisionId
    model: str
    bucket: str
    past: Past
    page: StoredFile
    twin: StoredFile
    lock: Literal["GOVERNANCE", "COMPLIANCE"]
    locked_until: AwareDatetime
    examinations: tuple[DecisionId, ...] = Field(default=(), max_length=MOST_EXAMINED)
    note: str | None = Field(default=None, max_length=1000)
