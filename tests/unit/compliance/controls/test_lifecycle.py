from typing import Any

import pytest

from holdfast.compliance.controls.lifecycle import CONTROL
from holdfast.compliance.reads.s3 import LIFECYCLE
from tests.unit.compliance.look import look, remedy

EXPIRES = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "raw/"}, "Expiration": {"Days": 365}}
MOVES = {
    "ID": "cold", "Status": "Enabled", "Filter": {"Prefix": ""},
    "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
}  # fmt: skip


def judged(*rules: dict[str, Any], **given: Any) -> tuple[str, str]:
    return look(CONTROL, {LIFECYCLE: {"Rules": list(rules)}}, **given)


@pytest.mark.parametrize(
    ("rules", "broken"),
    [
        ([{"Status": "Enabled", "Expiration": {"Days": 30}}], None),
        ([{"Status": "Disabled"}, {"Status": "Enabled"}], None),
        ([{"Status": "Disabled"}], "no lifecycle rule is enabled"),
        ([], "there is no lifecycle rule"),
    ],
)
def test_one_enabled_rule_complies(rules: list[dict[str, Any]], broken: str | None) -> None:
    verdict, reason = judged(*rules)
    assert verdict == ("pass" if broken is None else "fail")
    assert broken is None or reason == broken


def test_a_lifecycle_never_set_breaks_it() -> None:
    assert look(CONTROL, {LIFECYCLE: {}}) == ("fail", "there is no lifecycle rule")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"targetExpirationDays": 365}, "pass"),
        ({"targetExpirationDays": "365"}, "pass"),
        ({"targetExpirationDays": 30}, "fail"),
        ({"targetTransitionDays": 30}, "pass"),
        ({"targetTransitionDays": 31}, "fail"),
        ({"targetTransitionStorageClass": "GLACIER"}, "pass"),
        ({"targetTransitionStorageClass": "DEEP_ARCHIVE"}, "fail"),
        ({"targetTransitionDays": 90, "targetTransitionStorageClass": "GLACIER"}, "pass"),
        ({"targetTransitionDays": 30, "targetTransitionStorageClass": "GLACIER"}, "fail"),
        ({"targetExpirationDays": 365, "targetTransitionDays": 30}, "pass"),
        ({"targetPrefix": "raw/"}, "pass"),
        ({"targetPrefix": "raw/2026/", "targetExpirationDays": 365}, "pass"),
        ({"targetPrefix": "clean/", "targetExpirationDays": 365}, "fail"),
        ({"bucketNames": "training-data,other"}, "pass"),
        ({"bucketNames": "other"}, "not_applicable"),
    ],
)
def test_the_rules_must_do_what_was_asked_for(given: dict[str, Any], verdict: str) -> None:
    assert judged(EXPIRES, MOVES, **given)[0] == verdict


def test_a_disabled_rule_meets_no_parameter() -> None:
    off = {**EXPIRES, "Status": "Disabled"}
    assert judged(off, MOVES, targetExpirationDays=365)[0] == "fail"


@pytest.mark.parametrize(
    "rule",
    [
        {"Filter": {"And": {"Prefix": "raw/", "Tags": [{"Key": "a", "Value": "b"}]}}},
        {"Filter": {"Tag": {"Key": "a", "Value": "b"}}},
        {"Filter": {"ObjectSizeGreaterThan": 500}},
    ],
)
def test_a_rule_for_some_objects_covers_no_prefix(rule: dict[str, Any]) -> None:
    assert judged({**EXPIRES, **rule}, targetPrefix="raw/") == (
        "fail",
        "no enabled lifecycle rule covers the prefix 'raw/'",
    )


@pytest.mark.parametrize("rule", [{"Prefix": "raw/"}, {"Filter": {}}, {"Filter": {"And": {"Prefix": "raw/"}}}])
def test_a_prefix_is_found_wherever_s3_puts_it(rule: dict[str, Any]) -> None:
    assert judged({"Status": "Enabled", **rule}, targetPrefix="raw/")[0] == "pass"


def test_the_remedy_adds_one_rule_and_keeps_all_others() -> None:
    before = {"Rules": [{**EXPIRES, "Status": "Disabled"}], "TransitionDefaultMinimumObjectSize": "varies"}
    plan = remedy(CONTROL, {LIFECYCLE: before}, targetExpirationDays=30)
    [apply], [undo] = plan.apply, plan.undo
    [kept, added] = apply.arguments["LifecycleConfiguration"]["Rules"]
    assert kept == before["Rules"][0]
    assert added["Expiration"] == {"Days": 30}
    assert added["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert apply.arguments["TransitionDefaultMinimumObjectSize"] == "varies"
    assert undo.arguments["LifecycleConfiguration"] == {"Rules": before["Rules"]}
    assert "removes objects after 30 days" in plan.does


def test_without_parameters_the_remedy_removes_no_object() -> None:
    [apply] = remedy(CONTROL, {LIFECYCLE: {}}).apply
    [rule] = apply.arguments["LifecycleConfiguration"]["Rules"]
    assert "Expiration" not in rule
    assert rule["Status"] == "Enabled"


def test_where_there_was_no_rule_the_undo_removes_the_lifecycle() -> None:
    [undo] = remedy(CONTROL, {LIFECYCLE: {}}).undo
    assert (undo.operation, undo.permission) == ("delete_bucket_lifecycle", "s3:PutLifecycleConfiguration")


def test_the_rule_takes_the_form_of_those_that_there_are() -> None:
    old = {"ID": "old", "Status": "Disabled", "Prefix": ""}
    [apply] = remedy(CONTROL, {LIFECYCLE: {"Rules": [old]}}).apply
    assert "Filter" not in apply.arguments["LifecycleConfiguration"]["Rules"][1]


def test_the_remedy_makes_the_bucket_pass() -> None:
    given = {"targetExpirationDays": 30, "targetTransitionDays": 10, "targetTransitionStorageClass": "GLACIER"}
    [apply] = remedy(CONTROL, {LIFECYCLE: {"Rules": [EXPIRES]}}, **given).apply
    assert judged(*apply.arguments["LifecycleConfiguration"]["Rules"], **given)[0] == "pass"


@pytest.mark.parametrize(
    ("rules", "given", "why"),
    [
        ([], {"targetTransitionDays": 30}, "a transition takes both"),
        ([EXPIRES] * 1000, {"targetExpirationDays": 1}, "as many as S3 takes"),
        ([{**EXPIRES, "ID": "holdfast-lifecycle"}], {"targetExpirationDays": 1}, "there is a rule"),
    ],
)
def test_what_cannot_be_added_is_not_proposed(rules: list[Any], given: dict[str, Any], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        remedy(CONTROL, {LIFECYCLE: {"Rules": rules}}, **given)
