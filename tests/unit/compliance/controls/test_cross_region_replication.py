from typing import Any

import pytest

from holdfast.compliance.controls.cross_region_replication import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads.s3 import REPLICATION, VERSIONING
from holdfast.compliance.reads.s3_others import DESTINATIONS, HOME
from tests.unit.compliance.look import look

AT_HOME = {"LocationConstraint": "eu-west-1"}


def judged(locations: dict[str, Any], *, status: str = "Enabled", versioning: str = "Enabled") -> tuple[str, str]:
    rules = [{"Status": status, "Destination": {"Bucket": f"arn:aws:s3:::{name}"}} for name in locations]
    facts: dict[Any, Fact] = {
        REPLICATION: {"ReplicationConfiguration": {"Role": "role", "Rules": rules}} if rules else {},
        VERSIONING: {"Status": versioning},
        DESTINATIONS: {HOME: AT_HOME, "Locations": locations},
    }
    return look(CONTROL, facts)


@pytest.mark.parametrize(
    ("locations", "verdict"),
    [
        ({"copy": {"LocationConstraint": "eu-central-1"}}, "pass"),
        ({"copy": {"LocationConstraint": None}}, "pass"),
        ({"copy": AT_HOME}, "fail"),
        ({"copy": {"LocationConstraint": "EU"}}, "fail"),
        ({"near": AT_HOME, "far": {"LocationConstraint": "us-west-2"}}, "pass"),
        ({"copy": {}}, "fail"),
        ({}, "fail"),
        ({"copy": Unresolved("not of the template")}, "unknown"),
        ({"copy": Unresolved("not of the template"), "far": {"LocationConstraint": "us-west-2"}}, "pass"),
    ],
)
def test_a_copy_must_be_in_another_region(locations: dict[str, Any], verdict: str) -> None:
    assert judged(locations)[0] == verdict


def test_a_disabled_rule_copies_nothing() -> None:
    found = judged({"copy": {"LocationConstraint": "us-west-2"}}, status="Disabled")
    assert found == ("fail", "no replication rule is enabled")


def test_nothing_is_copied_without_versions() -> None:
    assert judged({"copy": {"LocationConstraint": "us-west-2"}}, versioning="Suspended")[0] == "fail"


def test_a_copy_that_does_not_exist_is_named() -> None:
    assert "copy (which does not exist)" in judged({"copy": {}})[1]
