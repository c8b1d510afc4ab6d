"""What the functions of this domain need to know."""

from typing import Literal

from pydantic import Field

from holdfast.shared.settings import Settings

ACCOUNT = r"^\d{12}$"


class BatchJudgeSettings(Settings):
    """Whose buckets we read, and where baselines are kept."""

    account: str = Field(pattern=ACCOUNT)
    state_bucket: str


class BaselineSettings(Settings):
    """Whose buckets we read, and where baselines are kept."""

    account: str = Field(pattern=ACCOUNT)
    state_bucket: str


class SweeperSettings(Settings):
    """Whose prefixes we list, and the judge's queue."""

    account: str = Field(pattern=ACCOUNT)
    batch_queue_url: str


class QuarantineSettings(Settings):
    """Whose objects we copy, and where to."""

    account: str = Field(pattern=ACCOUNT)
    quarantine_bucket: str


class ReporterSettings(Settings):
    """Whose objects we read again, where baselines are kept, and where reports are stored under which lock."""

    account: str = Field(pattern=ACCOUNT)
    state_bucket: str
    report_bucket: str
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"]
    retention_days: int = Field(ge=1, le=36_500)
