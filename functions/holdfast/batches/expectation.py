"""What an expectation is: the record that each file of `expectations/` exports, and what it may say of a batch.

The manifest is read by functions that carry neither numpy nor pyarrow, so a plug-in imports them where it uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

from holdfast.batches.outcome import Outcome

if TYPE_CHECKING:
    from holdfast.batches.kernel.baseline import Baseline
    from holdfast.batches.kernel.counts import CountedColumn, Counts
    from holdfast.batches.kernel.probe import AnyProbe

ColumnName = Annotated[str, Field(min_length=1, max_length=1_000)]
Named = tuple[ColumnName, ...]
Mostly = Annotated[float, Strict(), Field(gt=0, le=1)]
LARGEST = 10**300


def _finite(number: int) -> int:
    if abs(number) > LARGEST:
        raise ValueError("expected a number of at most 300 digits")
    return number


Number = Annotated[int, Strict(), AfterValidator(_finite)] | Annotated[float, Strict(), Field(allow_inf_nan=False)]
Count = Annotated[int, Strict(), Field(ge=0)]


def _bound(said: Any) -> Any:
    """Take a number, or a time that says its zone: never a number as a time."""
    if isinstance(said, str):
        try:
            said = datetime.fromisoformat(said)
        except ValueError:
            said = None
    if isinstance(said, datetime):
        said = said if said.tzinfo is not None else None
    if said is None or isinstance(said, bool) or not isinstance(said, int | float | datetime):
        raise ValueError("expected a number, or a time with its zone such as 2026-01-31T00:00:00Z")
    return said


Bound = Annotated[Number | AwareDatetime, BeforeValidator(_bound)]


class Parameters(BaseModel):
    """What the manifest says to an expectation: which it is, and what follows if the batch breaks it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    expect: str
    on_failure: Literal["quarantine", "notice"] = "quarantine"

    @property
    def of(self) -> str:
        """Name what the expectation is about: a column, or the whole batch."""
        return "the batch"


class OfColumn(Parameters):
    """Parameters of an expectation on one column."""

    column: ColumnName

    @property
    def of(self) -> str:
        """Name the column."""
        return self.column


class Bounded(Parameters):
    """Bounds of which one may be absent; a subclass says what they are made of."""

    minimum: Any = None
    maximum: Any = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("expected minimum, maximum or both")
        if None in (self.minimum, self.maximum):
            return self
        if isinstance(self.minimum, datetime) != isinstance(self.maximum, datetime):
            raise ValueError("expected two numbers or two times")
        if not self.minimum <= self.maximum:
            raise ValueError(f"minimum must be at most maximum, got {self.minimum} and {self.maximum}")
        return self


class Counted(Bounded):
    """Bounds of a number of things."""

    minimum: Count | None = None
    maximum: Count | None = None


class Measured(Bounded, OfColumn):
    """Bounds of what is measured of a column of numbers."""

    minimum: Number | None = None
    maximum: Number | None = None


@dataclass(frozen=True, slots=True)
class View:
    """All that an expectation may look at: counts, never rows."""

    counts: Counts
    baseline: Baseline
    arrived: datetime | None = None

    def column(self, name: str) -> CountedColumn | None:
        """Find the counts of a column."""
        return self.counts.columns.get(name)

    def probed(self, probe: AnyProbe) -> Any:
        """Find what a probe counted; `None` if nothing could be counted."""
        return self.counts.probed.get(probe.id)


@dataclass(frozen=True, slots=True)
class Expectation:
    """A plug-in: the parameters it takes, the probes it wants counted, and what it then says.

    `probes(parameters, baseline)` gives what has to be counted; `check(view, parameters, *probes)` is given the very
    same and finds their counts in the view.
    """

    id: str
    parameters: type[Parameters]
    check: Callable[..., Outcome]
    probes: Callable[..., tuple[AnyProbe, ...]] = lambda *_: ()
