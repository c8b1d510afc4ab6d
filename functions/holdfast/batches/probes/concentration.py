"""What a sample of distinct values cannot show: a few that occur very often and were not drawn.

Every value adds +1 or -1, as its hash says, to one of 65,536 sums. The sum of their squares estimates the sum of the
squares of the values' counts with a relative deviation of sqrt(2 / 65,536), whatever the counts (Alon, Matias, Szegedy
1999; Thorup, Zhang 2004 for the buckets). Sums add up exactly.
"""

import math

import numpy as np

from holdfast.batches.kernel.columns import Ints
from holdfast.batches.probes.hashing import Hashes

BUCKETS = 1 << 16
DEVIATION = math.sqrt(2 / BUCKETS)
SURE = 2.576
"""Half-width, in standard errors, that holds 99 in 100 times."""
SURE_OF_NONE = 4.605
"""If none of k is seen, fewer than this in k are there, 99 in 100 times: -ln 0.01."""
CERTAIN = 5.0
"""Standard errors beyond which a batch is blamed: by chance less than once in a million batches."""


def signed(hashes: Hashes) -> Ints:
    """Add up the signs of values by their buckets."""
    places = (hashes & np.uint64(2 * BUCKETS - 1)).astype(np.int64)
    counted = np.bincount(places, minlength=2 * BUCKETS).reshape(2, BUCKETS)
    sums: Ints = (counted[0] - counted[1]).astype(np.int64, copy=False)
    return sums


def second_moment(sums: Ints) -> float:
    """Estimate the sum of the squares of the counts."""
    return float(np.square(sums.astype(np.float64)).sum())


def unseen_share(n: int, counts: Ints, sums: Ints, *, fraction: float) -> float:
    """Bound the share of n values that are of a few very frequent ones, none of which is in the sample.

    `fraction` of the distinct values are in the sample, with these `counts`. Of more than `SURE_OF_NONE` / `fraction`
    one would have been drawn; what their squares can be is what the sample leaves unexplained, with all its errors.
    """
    squares = np.square(counts.astype(np.float64))
    whole, explained = second_moment(sums), float(squares.sum()) / fraction
    drawn = math.sqrt(1 - fraction) / fraction * math.sqrt(float(np.square(squares).sum()))
    unsure = SURE * (DEVIATION * whole + drawn + explained / math.sqrt(len(counts)))
    return math.sqrt(SURE_OF_NONE / fraction * (max(0.0, whole - explained) + unsure)) / n
