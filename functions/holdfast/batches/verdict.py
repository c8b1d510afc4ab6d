"""What a detector says of a batch, as it stands in the ledger and on the terminal."""

from enum import StrEnum
from hashlib import blake2b
from typing import Literal, Self

from pydantic import Field

from holdfast.shared.contract import Emitted

NAME_LENGTH = 200
Test = Literal[
    "ks",
    "rank_sum",
    "rank_spread",
    "chi2",
    "null_rate",
    "new_categories",
    "vanished_categories",
    "range",
    "rank_correlation",
    "schema",
    "expectation",
    "not_judged",
    "alibi",
]


class Level(StrEnum):
    """How far a batch departs, or why nothing can be said."""

    NONE = "none"
    NOTICE = "notice"
    DRIFT = "drift"
    QUARANTINED = "quarantined"
    NOT_ENOUGH_DATA = "not_enough_data"
    UNKNOWN = "unknown"


SEVERITY = (Level.NONE, Level.NOT_ENOUGH_DATA, Level.UNKNOWN, Level.NOTICE, Level.DRIFT, Level.QUARANTINED)


class Distances(Emitted):
    """How far apart two distributions are in other units; told, never decided on. Errors are bounds on what is told.

    PSI over the reference's deciles or categories; Jensen-Shannon divergence in bits over the same; Wasserstein-1 in
    the column's own unit.
    """

    psi: float | None = None
    jensen_shannon: float | None = None
    wasserstein: float | None = None
    wasserstein_error: float | None = None


class ColumnResult(Emitted):
    """One test of one column: how large the change is, how sure we are, and what it was held against.

    `lower` and `upper` bound the true effect, simultaneously over all tests of the batch, with confidence 1 - alpha.
    """

    name: str
    test: Test
    n: int = Field(ge=0)
    effect: float = Field(ge=0)
    lower: float | None = None
    upper: float | None = None
    p: float | None = Field(default=None, ge=0, le=1)
    p_adjusted: float | None = Field(default=None, ge=0, le=1)
    threshold: float | None = None
    level: Level
    detail: str = Field(max_length=300)
    weight: float = Field(default=1.0, ge=0)
    distances: Distances | None = None


class BatchAssessment(Emitted):
    """The verdict on one batch, its columns from the worst to the best."""

    level: Level
    n: int = Field(ge=0)
    reason: str = Field(min_length=1, max_length=400)
    detector: str = "exact"
    tests: int = Field(default=0, ge=0)
    score: float | None = Field(default=None, ge=0, le=1)
    columns: tuple[ColumnResult, ...] = ()

    def shortened(self, most: int) -> Self:
        """Keep the worst columns only, so that an entry of the ledger stays small; `tests` still counts all."""
        return self.model_copy(update={"columns": self.columns[:most]})


def refused(reason: str, *, detector: str = "exact") -> BatchAssessment:
    """Say that a batch was read and is broken: its producer must act."""
    return BatchAssessment(level=Level.QUARANTINED, n=0, reason=reason[:400], detector=detector)


def unjudged(reason: str, *, detector: str = "exact") -> BatchAssessment:
    """Say that nothing can be said: the operator must act, the batch is not at fault."""
    return BatchAssessment(level=Level.UNKNOWN, n=0, reason=reason[:400], detector=detector)


def called(name: str) -> str:
    """Give the name by which results call a column: its own, or if that is long its beginning and a hash of it all."""
    if len(name) <= NAME_LENGTH:
        return name
    mark = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{name[: NAME_LENGTH - len(mark) - 1]}…{mark}"


def shown(name: str, *, most: int = 60) -> str:
    """Write a foreign name so that it can stand in a sentence: printable and short."""
    if not name:
        return "''"
    printable = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in name[: most + 1])
    return printable if len(printable) <= most else f"{printable[: most - 1]}…"
