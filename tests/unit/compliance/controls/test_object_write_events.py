from typing import Any

import pytest

from holdfast.compliance.controls.object_write_events import CONTROL
from holdfast.compliance.reads.trails import TRAILS
from tests.unit.compliance.look import look

OBJECTS = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}


def classic(**changed: Any) -> dict[str, Any]:
    return {"EventSelectors": [{"ReadWriteType": "All", "DataResources": [OBJECTS]} | changed]}


def advanced(**equals: list[str]) -> dict[str, Any]:
    fields = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]} | equals
    selectors = [{"Field": field, "Equals": values} for field, values in fields.items()]
    return {"AdvancedEventSelectors": [{"Name": "objects", "FieldSelectors": selectors}]}


def trail(selectors: dict[str, Any], **changed: Any) -> dict[str, Any]:
    sound = {"Name": "audit", "IsMultiRegionTrail": True, "Status": {"IsLogging": True}, "Selectors": selectors}
    return sound | changed


def judged(*trails: dict[str, Any]) -> tuple[str, str]:
    return look(CONTROL, {TRAILS: {"Trails": list(trails)}}, name="123456789012")


@pytest.mark.parametrize(
    "selectors",
    [
        classic(),
        classic(ReadWriteType="WriteOnly"),
        classic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::one/", "arn:aws:s3:::"]}]),
        classic(DataResources=[{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}, OBJECTS]),
        advanced(),
        advanced(readOnly=["false"]),
    ],
)
def test_all_objects_of_all_buckets_may_be_selected_either_way(selectors: dict[str, Any]) -> None:
    assert judged(trail(selectors))[0] == "pass"


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        classic(ReadWriteType="ReadOnly"),
        classic(DataResources=[]),
        classic(DataResources=[{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::one/"]}]),
        classic(DataResources=[{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]),
        advanced(readOnly=["true"]),
        advanced(eventCategory=["Management"]),
        advanced(**{"resources.type": ["AWS::DynamoDB::Table"]}),
        advanced(**{"resources.ARN": ["arn:aws:s3:::one/"]}),
        advanced(eventName=["PutObject"]),
    ],
)
def test_whatever_leaves_some_writes_out_does_not_do(selectors: dict[str, Any]) -> None:
    assert judged(trail(selectors)) == ("fail", "audit does not record every write of objects in all buckets")


def test_the_trail_is_of_all_regions_and_logging() -> None:
    assert judged(trail(classic(), IsMultiRegionTrail=False)) == ("fail", "audit is of one Region")
    assert judged(trail(classic(), Status={"IsLogging": False})) == ("fail", "audit is not logging")


def test_one_such_trail_is_enough_and_none_fails() -> None:
    assert judged(trail({}), trail(classic()))[0] == "pass"
    assert judged() == ("fail", "there is no trail")
