from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.verdict import BatchAssessment, Level

Compare = Callable[..., BatchAssessment]
NEEDS = "no PyTorch in .venv-alibi, as it is not in the lock: name a Python that has it in HOLDFAST_ALIBI_PYTHON"


def rows(n: int, *, seed: int, shift: float = 0.0, correlation: float = 0.8) -> pa.Table:
    """Make rows of two correlated numbers, the first of them missing now and then, and of a category."""
    rng = np.random.default_rng(seed)
    first = rng.normal(shift, 1, n)
    second = correlation * (first - shift) + np.sqrt(1 - correlation**2) * rng.normal(0, 1, n)
    kind = np.where(rng.random(n) < 0.5, "a", "b")
    return pa.table({"first": pa.array(first, mask=rng.random(n) < 0.05), "second": second, "kind": kind})


def test_without_pytorch_nothing_is_said_and_the_operator_hears_why(compare: Compare, has_torch: bool) -> None:
    assessment = compare("alibi_mmd", rows(800, seed=1), rows(500, seed=2))
    wanted = Level.NONE if has_torch else Level.UNKNOWN
    assert assessment.level is wanted
    assert has_torch or "needs PyTorch" in assessment.reason


@pytest.mark.parametrize(
    ("change", "level"),
    [({}, Level.NONE), ({"shift": 0.7}, Level.DRIFT), ({"correlation": -0.5}, Level.DRIFT)],
    ids=["nothing changed", "a shift", "a change of correlation alone"],
)
def test_it_finds_what_changed(compare: Compare, has_torch: bool, change: dict[str, float], level: Level) -> None:
    if not has_torch:
        pytest.skip(NEEDS)
    reference, batch = rows(900, seed=1), rows(900, seed=2, **change)
    assessment = compare("alibi_mmd", reference, batch, {"permutations": 200})
    assert assessment.level is level
    assert assessment == compare("alibi_mmd", reference, batch, {"permutations": 200})
    assert 1 / 201 <= (assessment.columns[0].p or 0) <= 1
