"""What a check found, and what the command's exit code makes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether something works, does not, or could not be looked at."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of one resource; `offer` is a change that would help, as a diff."""

    check: str
    resource: str
    verdict: Verdict
    reason: str
    remedy: str | None = None
    offer: str | None = None


def exit_code(findings: Iterable[Finding]) -> int:
    """Give 1 if anything is wrong, else 2 if anything could not be checked, else 0."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.FAILED in verdicts:
        return 1
    return 2 if Verdict.UNKNOWN in verdicts else 0
