from typing import Any

import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.controls import multi_region_access_point_block
from holdfast.compliance.kind import Declared
from holdfast.compliance.kinds.s3_multi_region_access_point import KIND
from holdfast.compliance.logic import touched
from tests.unit.compliance.look import ACCOUNT, REGION, look


@pytest.mark.parametrize(
    "name", ["CreateMultiRegionAccessPoint", "PutMultiRegionAccessPointPolicy", "DeleteMultiRegionAccessPoint"]
)
def test_a_call_that_changes_it_names_it_in_its_details(name: str) -> None:
    told = {"eventName": name, "requestParameters": {f"{name}Request": {"Details": {"Name": "door"}}}}
    call = RecordedCall.receive({"source": "aws.s3", "detail": told})
    assert list(touched(call, (KIND,))) == [(KIND, "door")]


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [({}, "pass"), ({"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}, "fail")],
)
def test_a_template_closes_it_unless_it_says_otherwise(properties: dict[str, Any], verdict: str) -> None:
    assert KIND.declared is not None
    facts = KIND.declared(Declared("door", {"Regions": [{"Bucket": "a"}], **properties}, ACCOUNT, REGION))
    assert look(multi_region_access_point_block.CONTROL, facts, name="door")[0] == verdict
