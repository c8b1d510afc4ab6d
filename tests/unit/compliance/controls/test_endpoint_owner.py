from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_owner import CONTROL
from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.reads.cost import ENDPOINT_HARDWARE
from holdfast.compliance.reads.sagemaker import ENDPOINT_TAGS
from tests.unit.compliance.look import look

ONE = {"VariantName": "main", "InstanceType": "ml.m5.xlarge", "InitialInstanceCount": 1}
HARDWARE: Fact = {"ProductionVariants": [ONE]}


def rule(tags: dict[str, str], hardware: Fact | Unread = HARDWARE, **parameters: Any) -> tuple[str, str]:
    fact = {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
    return look(CONTROL, {ENDPOINT_TAGS: fact, ENDPOINT_HARDWARE: hardware}, **parameters)


@pytest.mark.parametrize("key", ["owner", "Owner", "OWNER"])
def test_a_tag_that_names_the_owner_complies(key: str) -> None:
    assert rule({key: "team-a"})[0] == "pass"


@pytest.mark.parametrize("tags", [{}, {"owner": " "}, {"team": "a"}])
def test_an_endpoint_that_nobody_owns_breaks_it(tags: dict[str, str]) -> None:
    assert rule(tags) == ("fail", "no tag 'owner' names its owner: about 190 USD a month (price table of 2026-11)")


def test_the_key_of_the_tag_can_be_told() -> None:
    assert rule({"cost-centre": "42"}, ownerTag="cost-centre")[0] == "pass"
    assert rule({"owner": "team-a"}, ownerTag="cost-centre")[0] == "fail"


def test_a_serverless_endpoint_needs_an_owner_too() -> None:
    hardware = {"ProductionVariants": [{"VariantName": "main", "ServerlessConfig": {}}]}
    assert rule({}, hardware) == ("fail", "no tag 'owner' names its owner")


def test_instances_that_cannot_be_read_do_not_hide_that_nobody_owns_it() -> None:
    said = "no tag 'owner' names its owner; its instances could not be read"
    assert rule({}, Unread("sagemaker:DescribeEndpointConfig is denied")) == ("fail", said)
