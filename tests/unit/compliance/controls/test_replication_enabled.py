from typing import Any

import pytest

from holdfast.compliance.controls.replication_enabled import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import REPLICATION
from holdfast.compliance.reads.s3_others import DESTINATIONS, HOME
from tests.unit.compliance.look import look

HERE = {"LocationConstraint": "eu-west-1"}
FAR = {"LocationConstraint": "us-west-2"}


def judged(locations: dict[str, Any], *, status: str = "Enabled", **given: str) -> str:
    rules = [{"Status": status, "Destination": {"Bucket": f"arn:aws:s3:::{name}"}} for name in locations]
    facts: dict[Any, Fact] = {
        REPLICATION: {"ReplicationConfiguration": {"Rules": rules}} if rules else {},
        DESTINATIONS: {HOME: HERE, "Locations": locations},
    }
    return look(CONTROL, facts, **given)[0]


def test_any_enabled_rule_will_do_wherever_it_copies_to() -> None:
    assert judged({"near": HERE}) == judged({"far": FAR}) == "pass"
    assert judged({"far": FAR}, status="Disabled") == judged({}) == "fail"


@pytest.mark.parametrize(
    ("locations", "wanted", "verdict"),
    [
        ({"far": FAR}, "CROSS-REGION", "pass"),
        ({"near": HERE}, "CROSS-REGION", "fail"),
        ({"near": HERE, "far": FAR}, "CROSS-REGION", "fail"),
        ({"near": HERE}, "SAME-REGION", "pass"),
        ({"far": FAR}, "SAME-REGION", "fail"),
        ({"lost": {}}, "SAME-REGION", "fail"),
        ({"lost": {}}, "CROSS-REGION", "fail"),
    ],
)
def test_all_copies_go_where_was_asked_for(locations: dict[str, Any], wanted: str, verdict: str) -> None:
    assert judged(locations, ReplicationType=wanted) == verdict
