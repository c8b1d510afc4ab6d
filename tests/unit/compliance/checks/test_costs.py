import pytest

from holdfast.compliance.checks.costs import costly, monthly, rounded


@pytest.mark.parametrize(("amount", "said"), [(167.9, 170), (1679, 1700), (36.5, 36), (0.0376, 0.038), (0, 0)])
def test_an_estimate_has_two_digits(amount: float, said: float) -> None:
    assert rounded(amount) == said


def test_a_month_of_one_instance_is_730_hours() -> None:
    assert monthly("us-east-1", [("ml.m5.xlarge", 1)]) == pytest.approx(167.9)


def test_instances_of_several_types_are_added_up() -> None:
    both = monthly("us-east-1", [("ml.m5.xlarge", 2), ("ml.m5.2xlarge", 1)])
    assert both == pytest.approx(730 * (2 * 0.23 + 0.461))


@pytest.mark.parametrize(
    ("region", "running"),
    [("us-east-1", [("ml.m5.xlarge", 1), ("ml.x9.large", 1)]), ("sa-east-1", [("ml.m5.xlarge", 1)]), ("us-east-1", [])],
)
def test_one_price_that_is_not_known_leaves_the_sum_unknown(region: str, running: list[tuple[str, int]]) -> None:
    assert monthly(region, running) is None


def test_a_price_that_moves_by_a_little_changes_nothing_that_is_said() -> None:
    assert costly("idle", 167.9, of="x") == costly("idle", 168.4, of="x")


def test_cents_are_told_where_there_are_only_cents() -> None:
    assert costly("idle", 0.0376, of="x").reason == "idle: about 0.04 USD a month (price table of 2026-11)"


def test_a_cost_that_is_not_known_is_said_to_be_unknown() -> None:
    told = costly("idle", None, of="ml.x9.large")
    assert told.monthly_usd is None
    assert told.reason == "idle; the cost of ml.x9.large is not in the price table of 2026-11"
