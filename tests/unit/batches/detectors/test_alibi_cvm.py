from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import cramervonmises_2samp, ks_2samp

from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]


def rows(n: int, *, seed: int, scale: float = 1.0) -> pa.Table:
    """Make rows of two numbers, the first of them of this scale."""
    rng = np.random.default_rng(seed)
    return pa.table({"wide": rng.normal(0, scale, n), "still": rng.normal(0, 1, n)})


def test_it_finds_a_changed_scale_by_scipys_p_value(compare: Compare) -> None:
    reference, batch = rows(1_500, seed=1), rows(800, seed=2, scale=1.5)
    results = {result.name: result for result in compare("alibi_cvm", reference, batch).columns}
    assert (results["wide"].level, results["still"].level) == (Level.DRIFT, Level.NONE)
    for name in ("wide", "still"):
        pair = reference[name].to_numpy(), batch[name].to_numpy()
        assert results[name].p == pytest.approx(cramervonmises_2samp(*pair).pvalue, rel=1e-4, abs=1e-7)
        assert results[name].effect == pytest.approx(ks_2samp(*pair).statistic, abs=1e-12)


def test_the_same_distribution_does_not_drift(compare: Compare) -> None:
    assert compare("alibi_cvm", rows(1_500, seed=1), rows(800, seed=3)).level is Level.NONE
