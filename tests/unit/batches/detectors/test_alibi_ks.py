from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import ks_2samp

from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]


def rows(n: int, *, seed: int, shift: float = 0.0) -> pa.Table:
    """Make rows of a normal and a skewed number and of a category."""
    rng = np.random.default_rng(seed)
    kind = np.where(rng.random(n) < 0.5, "a", "b")
    return pa.table({"normal": rng.normal(shift, 1, n), "skewed": rng.exponential(1, n), "kind": kind})


def test_it_finds_the_shifted_column_by_scipys_numbers(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=1), rows(1_000, seed=2, shift=0.3)
    results = {result.name: result for result in compare("alibi_ks", reference, batch).columns}
    assert [name for name, result in results.items() if result.level is Level.DRIFT] == ["normal"]
    for name in ("normal", "skewed"):
        wanted = ks_2samp(reference[name].to_numpy(), batch[name].to_numpy(), method="asymp")
        assert results[name].p == pytest.approx(wanted.pvalue, rel=1e-5)
        assert results[name].effect == pytest.approx(wanted.statistic, rel=1e-6)


def test_a_category_is_said_not_to_be_judged(compare: Compare) -> None:
    assessment = compare("alibi_ks", rows(3_000, seed=1), rows(1_000, seed=2))
    assert assessment.level is Level.NONE
    assert [(one.name, one.level) for one in assessment.columns if one.test == "not_judged"] == [
        ("kind", Level.UNKNOWN)
    ]


def test_p_values_are_put_together_as_the_manifest_says(compare: Compare) -> None:
    reference, batch = rows(3_000, seed=1), rows(1_000, seed=2, shift=0.12)
    bonferroni, fdr = (
        {one.name: one for one in compare("alibi_ks", reference, batch, {"correction": way}).columns}
        for way in ("bonferroni", "fdr")
    )
    least, most = sorted((bonferroni[name].p or 0) for name in ("normal", "skewed"))
    assert sorted(bonferroni[name].p_adjusted or 0 for name in ("normal", "skewed")) == pytest.approx(
        [min(1, 2 * least), min(1, 2 * most)]
    )
    assert sorted(fdr[name].p_adjusted or 0 for name in ("normal", "skewed")) == pytest.approx(
        [min(2 * least, most), most]
    )


def test_the_rows_looked_at_are_bounded_as_the_manifest_says(compare: Compare) -> None:
    assert compare("alibi_ks", rows(3_000, seed=1), rows(1_000, seed=2), {"most_rows": 200}).n == 200
