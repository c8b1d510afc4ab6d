"""What a backfill costs, said before it is spent."""

import pytest

from holdfast_console.backfill import Estimate, money


def test_nothing_costs_nothing() -> None:
    assert Estimate().cost == 0
    assert money(0) == "0.00 USD"


def test_a_batch_of_five_megabytes_costs_what_was_measured() -> None:
    """Two seconds of two gigabytes are 0.0000533; with requests, queue and ledger it stays under 0.0002."""
    cost = Estimate().with_one(5_000_000).cost
    assert 0.0000533 < cost < 0.0002


def test_the_cost_grows_with_every_version_and_byte() -> None:
    one, two = Estimate().with_one(10), Estimate().with_one(10).with_one(10)
    assert (two.versions, two.size) == (2, 20)
    assert two.cost == pytest.approx(2 * one.cost)
    assert Estimate(1, 10**9).cost > Estimate(1, 10**6).cost


def test_a_small_sum_is_not_shown_as_nothing() -> None:
    assert money(0.0001) == "less than 0.01 USD"
    assert money(12.5) == "12.50 USD"
