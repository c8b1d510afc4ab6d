"""Which pairs of columns go together otherwise than they did: the largest changes of rank correlation. Pure."""

import math

import numpy as np

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.report.document import MOST_PAIRS, PairShown
from holdfast.batches.verdict import called

SMALLEST, DEVIATIONS, FEWEST = 0.05, 4.0, 20


def pairs(baseline: Baseline, counts: Counts) -> tuple[PairShown, ...]:
    """Give the pairs whose rank correlation changed by more than chance does, the largest changes first."""
    there, here = baseline.joint, counts.joint
    if not isinstance(there, Joint) or not isinstance(here, Joint) or there.names != here.names:
        return ()
    before, now, n = there.correlations(), here.correlations(), np.minimum(there.pairs(), here.pairs())
    change = np.abs(now - before)
    rows, columns = np.triu_indices(len(there.names), 1)
    order = np.argsort(-np.nan_to_num(change[rows, columns]), kind="stable")
    found: list[PairShown] = []
    for first, second in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        rows_of_both = int(n[first, second])
        if len(found) == MOST_PAIRS or not change[first, second] >= SMALLEST:
            break
        if rows_of_both >= FEWEST and change[first, second] > DEVIATIONS * math.sqrt(1.06 / (rows_of_both - 3)):
            names = (called(there.names[first]), called(there.names[second]))
            was, is_ = round(float(before[first, second]), 4), round(float(now[first, second]), 4)
            found.append(PairShown(first=names[0], second=names[1], before=was, now=is_, n=rows_of_both))
    return tuple(found)
