from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import fisher_exact

from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]


def rows(n: int, *, seed: int, rate: float) -> pa.Table:
    """Make rows of a flag that is set at this rate, of one that is set at half of all rows, and of a number."""
    rng = np.random.default_rng(seed)
    half = (rng.random(n) < 0.5).astype(np.int8)
    return pa.table({"flag": rng.random(n) < rate, "half": half, "number": rng.normal(0, 1, n)})


def test_it_finds_a_rate_that_changed_either_way_by_scipys_p_value(compare: Compare) -> None:
    reference = rows(2_000, seed=1, rate=0.1)
    for rate in (0.02, 0.2):
        batch = rows(600, seed=2, rate=rate)
        results = {one.name: one for one in compare("alibi_fet", reference, batch).columns}
        hits = [sum(table["flag"].to_pylist()) for table in (reference, batch)]
        table = [[hits[0], 2_000 - hits[0]], [hits[1], 600 - hits[1]]]
        assert results["flag"].p == pytest.approx(fisher_exact(table).pvalue, rel=1e-4, abs=1e-12)
        assert (results["flag"].level, results["half"].level) == (Level.DRIFT, Level.NONE)
        assert results["flag"].effect == pytest.approx(abs(hits[0] / 2_000 - hits[1] / 600))


def test_what_holds_more_than_two_values_is_said_not_to_be_judged(compare: Compare) -> None:
    assessment = compare("alibi_fet", rows(2_000, seed=1, rate=0.1), rows(600, seed=3, rate=0.1))
    assert [one.name for one in assessment.columns if one.test == "not_judged"] == ["number"]
    assert assessment.level is Level.NONE
