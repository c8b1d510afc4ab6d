import math

import pytest
from scipy.stats import false_discovery_control

from holdfast.batches.alibi.columns import Unread
from holdfast.batches.alibi.results import adjusted, assessed, too_few, unread, untested, weighed
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import ColumnResult, Level

POLICY = DriftPolicy(alpha=0.01, effect=0.05, minimum_rows=100)


def one(*, p: float, effect: float, tests: int = 10) -> ColumnResult:
    """Judge one test of ten."""
    (together,) = adjusted([p, *[1.0] * (tests - 1)], "bonferroni")[:1]
    what = "Kolmogorov-Smirnov"
    return weighed("x", what, n=500, p=p, p_adjusted=together, effect=effect, threshold=0.05, policy=POLICY)


@pytest.mark.parametrize(
    ("p", "effect", "level"),
    [
        (0.0009, 0.05, Level.DRIFT),
        (0.0009, 0.049, Level.NOTICE),
        (0.001, 0.9, Level.NONE),
        (0.5, 0.9, Level.NONE),
    ],
)
def test_drift_is_significant_among_all_tests_and_large(p: float, effect: float, level: Level) -> None:
    assert one(p=p, effect=effect).level is level


@pytest.mark.parametrize("p_values", [[0.01, 0.04, 0.03, 0.5], [0.2], [0.001] * 3, [1.0, 0.0]])
def test_false_discovery_is_bounded_as_scipy_does(p_values: list[float]) -> None:
    assert adjusted(p_values, "fdr") == pytest.approx(false_discovery_control(p_values))


@pytest.mark.parametrize("correction", ["bonferroni", "fdr"])
def test_a_p_value_that_is_no_number_stays_none_and_counts_as_a_test(correction: str) -> None:
    together = adjusted([math.nan, 0.02], correction)
    assert math.isnan(together[0])
    assert together[1] == pytest.approx(0.04)


def test_the_adjusted_p_is_bonferronis() -> None:
    assert one(p=0.0002, effect=0.1).p_adjusted == pytest.approx(0.002)
    assert one(p=0.2, effect=0.1).p_adjusted == 1


@pytest.mark.parametrize(("p", "effect"), [(math.nan, 0.3), (0.2, math.nan)])
def test_what_is_no_number_is_unknown_and_never_none(p: float, effect: float) -> None:
    result = one(p=p, effect=effect)
    assert result.level is Level.UNKNOWN
    assert result.p is None
    assert assessed([one(p=0.5, effect=0.01), result], detector="alibi_tabular", n=500).level is Level.UNKNOWN


def test_drift_outweighs_what_is_unknown() -> None:
    assessment = assessed(
        [untested("y", "no p-value", n=9, test="alibi"), one(p=0, effect=0.4)], detector="alibi_tabular", n=500
    )
    assert assessment.level is Level.DRIFT
    assert [column.level for column in assessment.columns] == [Level.DRIFT, Level.UNKNOWN]
    assert assessment.tests == 1
    assert assessment.reason == "x: Kolmogorov-Smirnov, effect 0.400, p 0; 1 tests on samples"


def test_a_type_that_is_never_compared_says_nothing_of_the_batch() -> None:
    results = unread([Unread("tags", "list<item: string> is not a type that alibi-detect compares", False)], n=500)
    assert assessed([*results, one(p=0.5, effect=0.01)], detector="alibi_tabular", n=500).level is Level.NONE
    assert assessed(results, detector="alibi_tabular", n=500).level is Level.UNKNOWN


def test_a_column_that_vanished_is_drift_as_for_the_exact_detector() -> None:
    results = unread([Unread("x", "missing from the batch", True)], n=500)
    assert assessed([*results, one(p=0.5, effect=0.01)], detector="alibi_tabular", n=500).level is Level.DRIFT


def test_too_few_rows_on_either_side_are_not_enough_data() -> None:
    assert too_few(100, 100, 100, detector="alibi_tabular") is None
    for rows in ((99, 100), (100, 99)):
        assessment = too_few(*rows, 100, detector="alibi_tabular")
        assert assessment is not None
        assert assessment.level is Level.NOT_ENOUGH_DATA
