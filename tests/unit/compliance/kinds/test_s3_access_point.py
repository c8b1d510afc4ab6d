from typing import Any

import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.controls import access_point_block
from holdfast.compliance.kind import Declared
from holdfast.compliance.kinds.s3_access_point import KIND
from holdfast.compliance.logic import touched
from holdfast.compliance.partial import Unresolved
from tests.unit.compliance.look import ACCOUNT, REGION, look

ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)


@pytest.mark.parametrize("name", ["CreateAccessPoint", "DeleteAccessPoint", "PutAccessPointPolicy"])
def test_a_call_that_changes_it_names_it(name: str) -> None:
    told = {"eventName": name, "requestParameters": {"name": "door", "accountId": ACCOUNT}}
    call = RecordedCall.receive({"source": "aws.s3", "detail": told})
    assert list(touched(call, (KIND,))) == [(KIND, "door")]


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [
        ({}, "pass"),
        ({"PublicAccessBlockConfiguration": ALL_ON}, "pass"),
        ({"PublicAccessBlockConfiguration": {**ALL_ON, "IgnorePublicAcls": "false"}}, "fail"),
        ({"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}, "fail"),
        ({"PublicAccessBlockConfiguration": Unresolved("parameter Block")}, "unknown"),
    ],
)
def test_a_template_closes_it_unless_it_says_otherwise(properties: dict[str, Any], verdict: str) -> None:
    assert KIND.declared is not None
    facts = KIND.declared(Declared("door", {"Bucket": "training-data", **properties}, ACCOUNT, REGION))
    assert look(access_point_block.CONTROL, facts, name="door")[0] == verdict
