from typing import Any

import pytest

from holdfast.compliance.controls.object_read_events_selected import CONTROL
from holdfast.compliance.reads.trails import TRAILS
from tests.unit.compliance.look import look


def classic(doing: str, *values: str) -> dict[str, Any]:
    resources = [{"Type": "AWS::S3::Object", "Values": list(values)}]
    return {"EventSelectors": [{"ReadWriteType": doing, "DataResources": resources}]}


def advanced(kind: str) -> dict[str, Any]:
    fields = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}]
    return {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}


@pytest.mark.parametrize(
    ("selectors", "verdict"),
    [
        (classic("All", "arn:aws:s3"), "pass"),
        (classic("ReadOnly", "arn:aws:s3:::"), "pass"),
        (classic("All", "arn:aws:s3:::*/*"), "pass"),
        (classic("WriteOnly", "arn:aws:s3"), "fail"),
        (classic("All", "arn:aws:s3:::one/"), "fail"),
        (advanced("AWS::S3::Object"), "pass"),
        (advanced("AWS::Lambda::Function"), "fail"),
        ({}, "fail"),
    ],
)
def test_any_trail_that_selects_them_will_do(selectors: dict[str, Any], verdict: str) -> None:
    trail = {"Name": "audit", "IsMultiRegionTrail": False, "Status": {"IsLogging": False}, "Selectors": selectors}
    assert look(CONTROL, {TRAILS: {"Trails": [trail]}}, name="123456789012")[0] == verdict


def test_without_a_trail_nothing_is_selected() -> None:
    assert look(CONTROL, {TRAILS: {"Trails": []}}, name="123456789012")[0] == "fail"
