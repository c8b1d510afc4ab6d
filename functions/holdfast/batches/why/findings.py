"""What an explanation says: closed, and the same as JSON, on the terminal and in the report."""

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat

from holdfast.batches.verdict import NAME_LENGTH, Level, Test
from holdfast.shared.contract import Emitted

MOST_EXPLAINED = 60
MOST_MOVED = 5
Share = Annotated[float, Field(ge=0, le=1)]
About = Literal["moved", "segment", "began", "trend"]


class Part(BaseModel):
    """A part of an explanation: closed and frozen, versioned as the whole is."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Moved(Part):
    """A range of numbers, or a category, and its share of the values in the reference and in the batch."""

    label: str
    before: Share
    now: Share

    @property
    def gain(self) -> float:
        """Say by how much its share grew."""
        return self.now - self.before


class SegmentFound(Part):
    """The level of another column that explains most of a change, and which part of the distance it explains.

    `share`: the level became more or less frequent, and that is what moved the column. `within`: the column changed in
    the rows of this level; without them most of the change is gone. `before` and `now` are its shares of the rows.
    """

    column: str
    level: str
    kind: Literal["share", "within"]
    explains: Share
    before: Share
    now: Share
    text: str


class Began(Part):
    """The batch with which the change began, and how many batches it has lasted, this one among them.

    Without a key and a time it is the very batch that is explained.
    """

    key: str
    object_time: AwareDatetime | None
    batches: int = Field(ge=1)
    p: Share
    text: str


class Trend(Part):
    """In about how many batches the threshold will be crossed, between when and when; never a promise.

    `error` and `naive_error` are the mean errors of its forecasts one batch ahead over the history, and of the forecast
    that all stays as it is, in multiples of the threshold.
    """

    batches: int = Field(ge=1)
    earliest: int = Field(ge=1)
    latest: int = Field(ge=1)
    error: FiniteFloat
    naive_error: FiniteFloat
    text: str


class ColumnExplained(Part):
    """One column: what its gravest test found, in words, and what could be found out about it."""

    name: str = Field(max_length=NAME_LENGTH)
    level: Level
    test: Test
    effect: FiniteFloat
    threshold: FiniteFloat | None
    direction: str
    moved: tuple[Moved, ...] = Field(default=(), max_length=MOST_MOVED)
    segment: SegmentFound | None = None
    began: Began | None = None
    trend: Trend | None = None

    @property
    def moved_text(self) -> str:
        """Say what moved in one line."""
        parts = (f"{part.label}: {percent(part.before)} before, {percent(part.now)} now" for part in self.moved)
        return "; ".join(parts)


class Told(NamedTuple):
    """One finding as a sentence about a column."""

    about: About
    column: str
    text: str


class Explanation(Emitted):
    """Why a batch departs: its drifted and noticed columns, the worst first, then those that only have a trend.

    `lower` and `higher` name the columns, changed or not, whose difference, however small, leads one way; `batches`
    counts the batches whose effects were looked at, this one among them.
    """

    schema_version: Literal[1] = 1
    batches: int = Field(default=1, ge=1)
    columns: tuple[ColumnExplained, ...] = Field(default=(), max_length=MOST_EXPLAINED)
    omitted: int = Field(default=0, ge=0)
    lower: tuple[str, ...] = ()
    higher: tuple[str, ...] = ()

    def told(self) -> Iterator[Told]:
        """Give all findings as sentences, column by column."""
        for column in self.columns:
            moved = f"{column.direction} ({column.moved_text})" if column.moved else column.direction
            yield from (Told("moved", column.name, moved),) if moved else ()
            yield from (Told("segment", column.name, column.segment.text),) if column.segment else ()
            yield from (Told("began", column.name, column.began.text),) if column.began else ()
            yield from (Told("trend", column.name, column.trend.text),) if column.trend else ()


def percent(share: float) -> str:
    """Write a share so that small ones are told apart from none."""
    return f"{share:.0%}" if share >= 0.1 or not share else f"{share:.1%}" if share >= 0.001 else "below 0.1%"
