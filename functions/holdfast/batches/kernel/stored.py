"""What baselines and counts have in common in their files: moments, counts as steps, samples of rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from holdfast.batches.kernel.columns import Ints, Kind
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.moments import Grid, Moments, Number
from holdfast.batches.kernel.packing import unpack
from holdfast.batches.kernel.segments import Segments
from holdfast.shared.contract import explained
from holdfast.shared.errors import IntegrityError

MOST = 1 << 60
SUM_DIGITS = 1_200
Arrays = Iterator[NDArray[Any]]
Read = TypeVar("Read")


class Stored(BaseModel):
    """A part of a header: closed, and without numbers that are none."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, defer_build=True)


class StoredMoments(Stored):
    """Moments; sums of any size are written as hexadecimal."""

    n: int = Field(ge=0, le=MOST)
    minimum: int | float | None
    maximum: int | float | None
    centre: int | float
    exponent: int = Field(ge=-1_000, le=1_024)
    first: str = Field(pattern="^-?0x[0-9a-f]+$", max_length=SUM_DIGITS)
    second: str = Field(pattern="^0x[0-9a-f]+$", max_length=SUM_DIGITS)

    @classmethod
    def of(cls, moments: Moments | None) -> Self | None:
        """Write moments, if there are any."""
        if moments is None:
            return None
        grid = moments.grid
        return cls(
            n=moments.n,
            minimum=moments.minimum,
            maximum=moments.maximum,
            centre=grid.centre,
            exponent=grid.exponent,
            first=hex(moments.first),
            second=hex(moments.second),
        )

    def restored(self, n: int) -> Moments:
        """Read the moments of so many values; raises `IntegrityError` if they cannot be such."""
        first, second = int(self.first, 16), int(self.second, 16)
        found = Moments(self.n, self.minimum, self.maximum, Grid(self.centre, self.exponent), first, second)
        if self.n != n or not _are_ends(n, self.minimum, self.maximum) or n * second < first**2:
            raise IntegrityError(f"moments that cannot be those of {n} values")
        return found


def _are_ends(n: int, minimum: Number | None, maximum: Number | None) -> bool:
    if minimum is None or maximum is None:
        return n == 0 and minimum is None and maximum is None
    return n > 0 and minimum <= maximum


class StoredColumn(Stored):
    """What a column of a reference and of a batch have in common."""

    name: str
    type: str
    kind: Kind
    n: int = Field(ge=0, le=MOST)
    nulls: int = Field(ge=0, le=MOST)
    nans: int = Field(ge=0, le=MOST)
    moments: StoredMoments | None = None

    @property
    def rows(self) -> int:
        """Count the rows it speaks of."""
        return self.n + self.nulls + self.nans


class StoredSamples(Stored):
    """The samples of rows, as they describe themselves."""

    joint: dict[str, Any] | None = None
    segments: dict[str, Any] | None = None

    @classmethod
    def of(cls, joint: Joint | None, segments: Segments | None) -> Self:
        """Describe the samples there are."""
        return cls(
            joint=None if joint is None else joint.described(),
            segments=None if segments is None else segments.described(),
        )

    def restored(self, arrays: Arrays) -> tuple[Joint | None, Segments | None]:
        """Read the samples; raises `IntegrityError` if they are none."""
        joint = None if self.joint is None else Joint.restored(self.joint, arrays)
        return joint, None if self.segments is None else Segments.restored(self.segments, arrays)


def sample_arrays(joint: Joint | None, segments: Segments | None) -> list[NDArray[Any]]:
    """Give the arrays that belong to a description of samples."""
    return [array for sample in (joint, segments) if sample is not None for array in sample.arrays()]


def steps_of(below: Ints, at_most: Ints) -> Ints:
    """Write counts as steps from one to the next: small numbers, which compress to little."""
    return np.diff(np.stack([below, at_most], axis=1).reshape(-1), prepend=0)


def from_steps(steps: NDArray[Any], length: int) -> tuple[Ints, Ints]:
    """Read counts below and up to so many knots; raises `IntegrityError` if they are none."""
    if len(steps) != 2 * length or not are_counts(steps):
        raise IntegrityError(f"counts that are not those of {length} knots")
    cumulative = np.cumsum(steps).reshape(-1, 2)
    return np.ascontiguousarray(cumulative[:, 0]), np.ascontiguousarray(cumulative[:, 1])


def are_counts(counts: NDArray[Any]) -> bool:
    """Tell whether these are counts, and not so many that their sum would not be one."""
    return counts.dtype == np.int64 and bool((counts >= 0).all()) and float(counts.sum(dtype=np.float64)) <= MOST


def read_file(data: bytes, what: str, restore: Callable[[dict[str, Any], Arrays], Read]) -> Read:
    """Read a file of ours; raises `IntegrityError` if it is not what it should be."""
    header, arrays = unpack(data)
    left = iter(arrays)
    try:
        found = restore(header, left)
    except (ValidationError, StopIteration) as error:
        said = explained(error) if isinstance(error, ValidationError) else "arrays are missing"
        raise IntegrityError(f"not {what}: {said}") from error
    except IntegrityError as error:
        raise IntegrityError(f"not {what}: {error}") from error
    if next(left, None) is not None:
        raise IntegrityError(f"not {what}: there are too many arrays")
    return found


def named_once(columns: Sequence[StoredColumn]) -> None:
    """Check that each column is there once; raises `IntegrityError`."""
    if len({column.name for column in columns}) < len(columns):
        raise IntegrityError("a column is there twice")
