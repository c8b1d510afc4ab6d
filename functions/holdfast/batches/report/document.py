"""All that the report on one batch says: the JSON twin that is stored beside the page, which is drawn from it alone."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, ValidationError

from holdfast.batches.kernel.columns import Kind
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.batches.why.findings import Explanation
from holdfast.batches.why.history import Past
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted, explained
from holdfast.shared.errors import IntegrityError

GENERATOR = "holdfast 0.1.0"
MOST_COLUMNS, MOST_RESULTS, MOST_PAST, MOST_PAIRS, MOST_EXAMINED = 60, 200, 60, 12, 20
DECIMALS, FLOOR = 6, 20
"""Rows that a category, or a tail of numbers, has to have in the reference or in the batch before it is named."""

Share = Annotated[float, Field(ge=0, le=1)]
Pair = tuple[Share, Share]
Holds = Literal["label", "new", "rest", "rare", "new_rare"]
Scale = Literal["number", "whole", "moment", "day", "clock", "duration"]


class Part(BaseModel):
    """A part of the report: closed and frozen, versioned as the whole is."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Bins(Part):
    """Numbers or times in bins of equal width: shares of the reference's values and of the batch's.

    `edges` are in the column's unit, of moments microseconds since 1970 UTC. A bin holds its lower edge. `lower` and
    `higher` lie beyond the edges, or beyond all values of the reference; each pair is (reference, batch).
    """

    shape: Literal["bins"] = "bins"
    scale: Scale
    edges: tuple[FiniteFloat, ...] = Field(min_length=2)
    reference: tuple[Share, ...]
    batch: tuple[Share, ...]
    lower: Pair = (0.0, 0.0)
    higher: Pair = (0.0, 0.0)
    minus_infinity: Pair = (0.0, 0.0)
    plus_infinity: Pair = (0.0, 0.0)


class Bar(Part):
    """One label, or several gathered under a word of ours, with the share it has in the reference and in the batch.

    `rare` are labels with fewer rows than the floor in both, which are never named.
    """

    label: str
    holds: Holds = "label"
    labels: int = Field(default=1, ge=0)
    reference: Share
    batch: Share


class Bars(Part):
    """Categories by their size, or the few values of a column of numbers in their order."""

    shape: Literal["bars"] = "bars"
    ordered_by: Literal["share", "value"]
    bars: tuple[Bar, ...]


class Missing(Part):
    """The share of values that are not there, null or not a number, before and now."""

    before: Share
    now: Share


class ColumnShown(Part):
    """One column: its type, what is missing, how its values are spread, and its effect in earlier batches.

    `history` has the ratio of effect to threshold in each batch of the report's history, `None` where there is none.
    """

    name: str
    kind: Kind
    type: str
    type_now: str | None
    level: Level
    missing: Missing | None = None
    spread: Annotated[Bins | Bars, Field(discriminator="shape")] | None = None
    note: str | None = None
    history: tuple[FiniteFloat | None, ...] = ()


class PairShown(Part):
    """The rank correlation of two columns, before and now."""

    first: str
    second: str
    before: FiniteFloat
    now: FiniteFloat
    n: int = Field(ge=0)


class BatchBefore(Part):
    """An earlier batch: its level and how far beyond its threshold the largest effect was."""

    key: str
    object_time: AwareDatetime | None
    level: Level
    n: int = Field(ge=0)
    score: FiniteFloat | None = None
    most: FiniteFloat | None = None

    @classmethod
    def of(cls, past: Past) -> "BatchBefore":
        """Show a batch as it is remembered."""
        said = {name: getattr(past, name) for name in ("key", "object_time", "level", "n", "score")}
        return cls(most=max(past.effects.values(), default=None), **said)


class Examination(Part):
    """What one detector says that works on samples: `n` rows of the batch beside at most `reference_n` others.

    `arguments` are all it was told; `effect` of each of its columns is its distance, `lower` and `upper` are none.
    """

    detector: str
    arguments: dict[str, str | float | int | bool | None] = {}
    level: Level
    reason: str
    n: int = Field(ge=0)
    reference_n: int = Field(ge=0)
    tests: int = Field(ge=0)
    columns: tuple[ColumnResult, ...] = Field(default=(), max_length=MOST_COLUMNS)
    columns_omitted: int = Field(default=0, ge=0)
    decision: str


class ObjectShown(Part):
    """An object the batch was read from, exactly as it was read."""

    place: str
    version_id: str | None = None
    etag: str | None = None
    size: int | None = Field(default=None, ge=0)
    sha256: str | None = None


class Provenance(Part):
    """What was read, held against what, by whom, and when (UTC)."""

    model: str | None = None
    owner: str | None = None
    objects: tuple[ObjectShown, ...] = ()
    objects_omitted: int = Field(default=0, ge=0)
    object_time: AwareDatetime | None = None
    judged_at: AwareDatetime | None = None
    decision: str | None = None
    baseline: str | None = None
    baseline_place: str | None = None
    manifest: str | None = None
    season: str | None = None
    contract_version: int | None = Field(default=None, ge=1)
    detector: str = "exact"
    generator: str = GENERATOR


class Verdict(Part):
    """The verdict: in one sentence what it is, and in another who must act."""

    level: Level
    sentence: str
    action: str
    reason: str
    n: int = Field(ge=0)
    reference_n: int | None = Field(default=None, ge=0)
    tests: int = Field(ge=0)
    score: FiniteFloat | None = None

    @classmethod
    def of(cls, assessment: BatchAssessment, sentence: str, action: str, reference_n: int | None) -> "Verdict":
        """Take the figures of an assessment."""
        said = {name: getattr(assessment, name) for name in ("level", "reason", "n", "tests", "score")}
        return cls(sentence=sentence, action=action, reference_n=reference_n, **said)


def _of_today(version: object) -> object:
    """Take a twin of version 1 for one of today that tells of no examinations: nothing else was changed."""
    return 2 if version == 1 else version


class Report(Emitted):
    """The report on one batch; a twin of version 1 knows of no `examinations`.

    `awaited` are detectors on samples that had not spoken yet: another report on the same verdict follows.
    """

    schema_version: Annotated[Literal[2], BeforeValidator(_of_today)] = 2
    title: str
    verdict: Verdict
    warning: str | None = None
    disagrees: bool = False
    results: tuple[ColumnResult, ...] = Field(default=(), max_length=MOST_RESULTS)
    results_omitted: int = Field(default=0, ge=0)
    columns: tuple[ColumnShown, ...] = Field(default=(), max_length=MOST_COLUMNS)
    columns_omitted: int = Field(default=0, ge=0)
    correlations: tuple[PairShown, ...] = Field(default=(), max_length=MOST_PAIRS)
    explanation: Explanation | None = None
    examinations: tuple[Examination, ...] = Field(default=(), max_length=MOST_EXAMINED)
    awaited: tuple[str, ...] = Field(default=(), max_length=MOST_EXAMINED)
    history: tuple[BatchBefore, ...] = Field(default=(), max_length=MOST_PAST)
    past: Past | None = None
    floor: int = FLOOR
    provenance: Provenance

    def to_bytes(self) -> bytes:
        """Write the twin, the same for the same report."""
        return canonical(self.model_dump(mode="json")) + b"\n"

    @classmethod
    def read(cls, data: bytes) -> "Report":
        """Read a twin that was stored; raises `IntegrityError` if it is none."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise IntegrityError(f"not the twin of a report: {explained(error)}") from error


def schema() -> dict[str, Any]:
    """Give the JSON Schema of the twin."""
    return Report.model_json_schema(mode="serialization")
