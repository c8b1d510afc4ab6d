"""The record a control is, and what it judges by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from holdfast.compliance.contract import Severity


@dataclass(frozen=True, slots=True)
class Read:
    """One call that reads a fact, the permission it takes, and the code by which AWS says "never set"."""

    operation: str
    permission: str
    absent: str | None = None
    level: Literal["bucket", "account"] = "bucket"

    @property
    def fact(self) -> str:
        """Give the name the fact goes by: one operation exists at both levels."""
        return self.operation if self.level == "bucket" else f"account_{self.operation}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read, and why."""

    reason: str


BUCKET = "bucket"
Fact = dict[str, Any]
Facts = Mapping[str, Fact]
Readings = Mapping[str, Fact | Unread]


@dataclass(frozen=True, slots=True)
class Control:
    """A rule a bucket must obey; `check` says how a bucket breaks it, `title` what holds when it does not."""

    id: str
    title: str
    severity: Severity
    references: tuple[str, ...]
    events: tuple[str, ...]
    reads: tuple[Read, ...]
    check: Callable[[Facts], str | None]
