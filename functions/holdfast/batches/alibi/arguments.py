"""What all of alibi-detect's detectors may be told."""

from typing import Literal

from pydantic import Field

from holdfast.batches.detection import Arguments

MOST_ROWS = 5_000


class Sampled(Arguments):
    """How many rows of each sample are looked at: the first so many in even steps, so that all of the batch counts."""

    most_rows: int = Field(default=MOST_ROWS, ge=100, le=MOST_ROWS)


class Corrected(Sampled):
    """How p-values of many columns are put together: Bonferroni's way, or Benjamini's and Hochberg's (1995)."""

    correction: Literal["bonferroni", "fdr"] = "bonferroni"


class Permuted(Arguments):
    """What a test by permutations costs and how fine its p-value is: 1 / (permutations + 1) at best.

    Rows count with their square in memory and time. `effect` is the smallest change that is drift; by default what is
    significant is, since a sample this small makes no trifle significant.
    """

    most_rows: int = Field(default=1_000, ge=100, le=2_000)
    permutations: int = Field(default=300, ge=100, le=5_000)
    effect: float = Field(default=0.0, ge=0, lt=1)


class Forest(Sampled):
    """How large the forest is, and on how many halves of the rows it is tried."""

    trees: int = Field(default=60, ge=10, le=500)
    splits: int = Field(default=5, ge=1, le=25)
