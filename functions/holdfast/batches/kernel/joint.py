"""Pairs of number columns as additive integer sums over a sample: all that their rank correlations need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from holdfast.batches.kernel.columns import Ints, Kind
from holdfast.batches.kernel.sampled import MISSING, Coded, ReferenceColumn
from holdfast.shared.errors import ContractError, IntegrityError

MOST_COLUMNS = 200
MIDDLE = 127
BLOCK = 1024  # as many products of two scores, each at most 127, as float32 adds up without rounding
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Sums over the rows where both columns of a pair are there, each of shape (columns, columns).

    `sums[i, j]` and `squares[i, j]` are of column i where j is there too. The scores are ranks in the reference, so a
    batch is told how its columns go together on the reference's scale: Spearman's correlation, up to the coarseness of
    the scores, for the reference and any batch spread like it.
    """

    names: tuple[str, ...]
    rows: int
    n: Ints
    sums: Ints
    squares: Ints
    products: Ints

    @classmethod
    def nothing(cls, names: Sequence[str]) -> Self:
        """Give the sums of no rows."""
        return cls(tuple(names), 0, *(np.zeros((len(names), len(names)), np.int64) for _ in range(4)))

    @classmethod
    def of(cls, coded: Coded, columns: Mapping[str, ReferenceColumn]) -> Self:
        """Sum up the first 200 number columns of the reference over a sample coded against it."""
        names = numbers_of(columns)
        codes = coded.only(names).codes
        gaps = np.flatnonzero((codes == MISSING).any(axis=0))
        total = np.zeros((4, len(names), len(names)))
        for start in range(0, len(codes), BLOCK):
            total += _summed(codes[start : start + BLOCK], gaps)
        n, sums, squares, products = total.astype(np.int64)
        return cls(names, coded.rows, n, sums, squares, products)

    def __add__(self, other: "Joint") -> "Joint":
        """Put the sums of two parts together; raises `ContractError` if they are of other columns."""
        if self.names != other.names:
            raise ContractError(f"two samples disagree: {len(self.names)} and {len(other.names)} columns, or others")
        parts = zip(self._matrices, other._matrices, strict=True)
        return Joint(self.names, self.rows + other.rows, *(mine + theirs for mine, theirs in parts))

    def correlations(self) -> Floats:
        """Give the rank correlation of each pair; NaN where fewer than two rows have both, or one never changes."""
        shared = self.n * self.products - self.sums * self.sums.T
        spread = (self.n * self.squares - self.sums**2).astype(np.float64)
        with np.errstate(invalid="ignore"):
            found: Floats = shared / np.sqrt(spread * spread.T)
        return np.clip(found, -1, 1)

    def pairs(self) -> Ints:
        """Count the rows in which both columns of each pair are there."""
        return self.n

    def described(self) -> dict[str, Any]:
        """Write what is no array as JSON."""
        return {"names": list(self.names), "rows": self.rows}

    def arrays(self) -> list[Ints]:
        """Write the sums as flat arrays; of what is the same for both orders of a pair, one half."""
        half = np.triu_indices(len(self.names))
        return [self.n[half], self.products[half], self.sums.ravel(), self.squares.ravel()]

    @classmethod
    def restored(cls, header: Mapping[str, Any], arrays: Iterable[NDArray[Any]]) -> Self:
        """Read back what `described` and `arrays` wrote, taking four arrays; raises `IntegrityError` else."""
        names, rows, left = header.get("names"), header.get("rows"), iter(arrays)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or type(rows) is not int:
            raise IntegrityError("not a sample: its columns or rows are not named")
        d, found = len(names), [next(left, None) for _ in range(4)]
        sizes = [d * (d + 1) // 2] * 2 + [d * d] * 2
        if rows < 0 or any(a is None or a.dtype != np.int64 or len(a) != s for a, s in zip(found, sizes, strict=True)):
            raise IntegrityError(f"not a sample: its sums are not of {d} columns")
        n, products, sums, squares = (array for array in found if array is not None)
        if ((n < 0) | (n > rows)).any() or (squares < 0).any():
            raise IntegrityError(f"not a sample: its sums are not of {rows} rows")
        whole = _mirrored(n, d), sums.reshape(d, d), squares.reshape(d, d), _mirrored(products, d)
        return cls(tuple(names), rows, *whole)

    @property
    def _matrices(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.n, self.sums, self.squares, self.products


def numbers_of(columns: Mapping[str, ReferenceColumn]) -> tuple[str, ...]:
    """Name the number columns that are held against each other."""
    return tuple(name for name, column in columns.items() if column.kind is Kind.NUMBER)[:MOST_COLUMNS]


def _summed(codes: NDArray[np.uint8], gaps: NDArray[np.intp]) -> Floats:
    """Sum a block of rows: exact, since no sum of so few products leaves the integers of float32."""
    scores = codes.astype(np.float32) - MIDDLE
    rows, d = codes.shape
    missing = (codes[:, gaps] == MISSING).astype(np.float32)
    scores[:, gaps] *= 1 - missing
    squared = scores * scores
    found = np.empty((4, d, d))
    found[0] = rows
    found[1] = scores.sum(axis=0, dtype=np.float64)[:, None]
    found[2] = squared.sum(axis=0, dtype=np.float64)[:, None]
    found[3] = scores.T @ scores
    if len(gaps):
        alone = missing.sum(axis=0, dtype=np.float64)
        found[0][gaps, :] -= alone[:, None]
        found[0][:, gaps] -= alone
        found[0][np.ix_(gaps, gaps)] += missing.T @ missing
        found[1][:, gaps] -= scores.T @ missing
        found[2][:, gaps] -= squared.T @ missing
    return found


def _mirrored(half: Ints, d: int) -> Ints:
    whole = np.zeros((d, d), np.int64)
    whole[np.triu_indices(d)] = half
    return whole + np.triu(whole, 1).T
