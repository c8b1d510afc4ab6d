from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2_contingency

from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]


def rows(n: int, *, seed: int, first: float = 0.5, missing: float = 0.0) -> pa.Table:
    """Make rows of a category of three kinds, of which some may be missing, and of a number."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(["a", "b", "c"], n, p=[first, (1 - first) / 2, (1 - first) / 2])
    return pa.table({"kind": pa.array(kinds, mask=rng.random(n) < missing), "number": rng.normal(0, 1, n)})


def test_it_finds_categories_that_moved_by_scipys_p_value(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=1), rows(900, seed=2, first=0.6)
    assessment = compare("alibi_chisquare", reference, batch)
    (kind,) = [one for one in assessment.columns if one.name == "kind"]
    counts = [[table["kind"].to_pylist().count(one) for one in "abc"] for table in (reference, batch)]
    assert kind.p == pytest.approx(chi2_contingency(counts).pvalue, rel=1e-4)
    assert kind.effect == pytest.approx(sum(abs(a / 3_000 - b / 900) for a, b in zip(*counts, strict=True)) / 2)
    assert (assessment.level, kind.level) == (Level.DRIFT, Level.DRIFT)


def test_numbers_are_not_for_it_but_whether_they_are_there_is(compare: Compare) -> None:
    assessment = compare("alibi_chisquare", rows(3_000, seed=1, missing=0.01), rows(3_000, seed=2, missing=0.1))
    said = {(one.name, one.detail): one.level for one in assessment.columns}
    assert said["kind", "missing values, chi-square"] is Level.DRIFT
    assert said["number", "alibi_chisquare takes no such column"] is Level.UNKNOWN
