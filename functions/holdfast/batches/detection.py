"""What a detector is: the record that each file of `detectors/` exports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from holdfast.batches.verdict import BatchAssessment

COUNTS: Final = "counts"
SAMPLE: Final = "sample"


class Arguments(BaseModel):
    """What the manifest may tell a detector; closed, and by default nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


@dataclass(frozen=True, slots=True)
class Detector:
    """A measure of drift, and what it is fed: additive counts of all rows, or a bounded sample of them.

    `compare(reference, batch, policy)` takes a `Baseline` and `Counts` (and `critical=`, `extra=`), or two tables (and
    `arguments=`, an instance of `arguments`). `needs` are distributions its image has to hold beside alibi-detect. The
    module imports numpy, pyarrow and heavier in `compare` only: whoever reads the manifest reads `arguments`.
    """

    id: str
    kind: Literal["counts", "sample"]
    compare: Callable[..., BatchAssessment]
    arguments: type[Arguments] = Arguments
    needs: tuple[str, ...] = ()
