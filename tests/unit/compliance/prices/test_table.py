import re

from holdfast.compliance.prices.table import DATE, INSTANCE_HOUR, SOURCES, STANDARD_GB_MONTH


def test_every_region_says_where_its_prices_come_from() -> None:
    assert set(INSTANCE_HOUR) <= set(SOURCES)
    assert "storage" in SOURCES
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", DATE)


def test_prices_are_of_sagemaker_instances_by_the_hour() -> None:
    prices = {name: price for region in INSTANCE_HOUR.values() for name, price in region.items()}
    assert all(re.fullmatch(r"ml\.[a-z0-9]+\.[a-z0-9]+", name) for name in prices)
    assert all(0.01 < price < 100 for price in prices.values())


def test_a_larger_instance_of_a_family_costs_more() -> None:
    ours = INSTANCE_HOUR["us-east-1"]
    assert ours["ml.m5.large"] < ours["ml.m5.xlarge"] < ours["ml.m5.2xlarge"] < ours["ml.m5.24xlarge"]


def test_storage_is_priced_where_instances_are_read_from_bills() -> None:
    assert STANDARD_GB_MONTH["eu-west-1"] == STANDARD_GB_MONTH["us-east-1"] == 0.023
