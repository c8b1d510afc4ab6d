"""Patterns and events as the EventBridge user guide and the README of aws/event-ruler describe them."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.matcher import Pattern

TERMINATED: dict[str, Any] = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "account": "111122223333",
    "time": "2017-12-22T18:43:48Z",
    "region": "us-west-1",
    "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
    "detail": {"instance-id": "i-1234567890abcdef0", "state": "terminated"},
}
"""User guide, "Amazon EventBridge event patterns"."""

LAUNCHED: dict[str, Any] = {
    "detail-type": "EC2 Instance Launch Successful",
    "source": "aws.autoscaling",
    "resources": [],
    "detail": {"eventVersion": "", "responseElements": None},
}
"""User guide, "Matching null values and empty strings"."""

RUNNING: dict[str, Any] = {
    "time": "2017-10-02T16:24:49Z",
    "source": "aws.ec2",
    "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
    "detail": {"c-count": 5, "d-count": 3, "x-limit": 301.8, "source-ip": "10.0.0.33", "state": "running"},
}
"""README of aws/event-ruler, "Ruler by Example"."""

EMPLOYEES: dict[str, Any] = {
    "employees": [
        {"firstName": "John", "lastName": "Doe"},
        {"firstName": "Anna", "lastName": "Smith"},
        {"firstName": "Peter", "lastName": "Jones"},
    ]
}
"""README of aws/event-ruler, "JSON Array Matching"."""

AND_OF_ORS = {
    "$or": [{"metricName": ["CPUUtilization", "ReadLatency"]}, {"namespace": ["AWS/EC2", "AWS/ES"]}],
    "detail": {"$or": [{"source": ["aws.cloudwatch"]}, {"detail-type": ["CloudWatch Alarm State Change"]}]},
}
NESTED_OR = {
    "source": ["aws.cloudwatch"],
    "$or": [
        {"metricName": ["CPUUtilization", "ReadLatency"]},
        {
            "metricType": ["MetricType"],
            "namespace": ["AWS/EC2", "AWS/ES"],
            "$or": [{"metricId": [1234]}, {"spaceId": [1000]}],
        },
        {"scope": ["Service"]},
    ],
}
COMPLEX = {
    "time": [{"prefix": "2017-10-02"}],
    "detail": {
        "state": [{"anything-but": "initializing"}],
        "c-count": [{"numeric": [">", 0, "<=", 5]}],
        "d-count": [{"numeric": ["<", 10]}],
        "x-limit": [{"anything-but": [100, 200, 300]}],
        "source-ip": [{"cidr": "10.0.0.0/8"}],
    },
}


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        # user guide, "Creating event patterns"
        ({"source": ["aws.ec2"], "detail": {"state": ["terminated"]}}, TERMINATED, True),
        ({"source": ["aws.ec2", "aws.fargate"]}, TERMINATED, True),
        ({"source": ["aws.ec2"], "detail": {"state": ["stopped"]}}, TERMINATED, False),
        ({"detail": {"reason": ["any"]}}, TERMINATED, False),
        ({"state": ["terminated"]}, TERMINATED, False),
        ({"source": ["AWS.EC2"]}, TERMINATED, False),
        # user guide, "Arrays in event patterns": the lists intersect
        ({"resources": ["other", TERMINATED["resources"][0]]}, TERMINATED, True),
        ({"resources": [{"prefix": "arn:aws:s3"}]}, TERMINATED, False),
        # user guide, "Matching null values and empty strings"
        ({"detail": {"eventVersion": [""]}}, LAUNCHED, True),
        ({"detail": {"responseElements": [None]}}, LAUNCHED, True),
        ({"detail": {"eventVersion": [None]}}, LAUNCHED, False),
        ({"detail": {"responseElements": [""]}}, LAUNCHED, False),
        # user guide, "Content filtering", the complex example
        (COMPLEX, RUNNING, True),
        (COMPLEX | {"time": [{"prefix": "2018"}]}, RUNNING, False),
    ],
)
def test_a_pattern_selects_what_the_user_guide_says(pattern: Any, event: Any, expected: bool) -> None:
    assert Pattern.parse(pattern).matches(event) is expected


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"employees": {"firstName": ["Anna"]}}, EMPLOYEES, True),
        ({"employees": {"firstName": ["Anna"], "lastName": ["Smith"]}}, EMPLOYEES, True),
        ({"employees": {"firstName": ["Anna"], "lastName": ["Jones"]}}, EMPLOYEES, False),
        ({"employees": {"firstName": ["Anna"]}}, {"employees": [EMPLOYEES["employees"]]}, True),
        ({"employees": {"firstName": ["Anna"], "lastName": ["Jones"]}}, {"employees": [EMPLOYEES["employees"]]}, False),
        # different arrays are independent of one another
        ({"a": {"x": [1]}, "b": {"y": [2]}}, {"a": [{"x": 0}, {"x": 1}], "b": [{"y": 2}, {"y": 3}]}, True),
        # the outer element binds the inner ones
        ({"a": {"n": [1], "b": {"x": [2]}}}, {"a": [{"n": 1, "b": [{"x": 3}]}, {"n": 0, "b": [{"x": 2}]}]}, False),
        ({"a": {"n": [1], "b": {"x": [2]}}}, {"a": [{"n": 1, "b": [{"x": 3}, {"x": 2}]}]}, True),
        # a record list as S3 notifications have it
        (
            {
                "Records": {
                    "eventSource": ["aws:s3"],
                    "s3": {"bucket": {"name": ["b"]}, "object": {"key": [{"suffix": ".parquet"}]}},
                }
            },
            {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "b"}, "object": {"key": "x.parquet"}}}]},
            True,
        ),
        # absence is looked for in the element that matched so far
        ({"a": {"x": [1], "y": [{"exists": False}]}}, {"a": [{"x": 1}, {"x": 2, "y": 3}]}, True),
        ({"a": {"x": [2], "y": [{"exists": False}]}}, {"a": [{"x": 1}, {"x": 2, "y": 3}]}, False),
        # numbers in a list that also holds objects
        ({"a": [7]}, {"a": [{"a": 7}, 7]}, True),
        ({"a": [7]}, {"a": []}, False),
    ],
)
def test_two_fields_match_only_in_the_same_element_of_an_array(pattern: Any, event: Any, expected: bool) -> None:
    assert Pattern.parse(pattern).matches(event) is expected


def test_names_with_dots_equal_the_nesting_they_spell() -> None:
    """README of aws/event-ruler, "Compiled rules and JSON keys with dots"."""
    nested, dotted = {"detail": {"state": {"status": ["running"]}}}, {"detail": {"state.status": ["running"]}}
    for pattern in (nested, dotted):
        assert Pattern.parse(pattern).matches({"detail": {"state": {"status": "running"}}})
        assert Pattern.parse(pattern).matches({"detail": {"state.status": "running"}})


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"metricName": "CPUUtilization", "detail": {"source": "aws.cloudwatch"}}, True),
        ({"namespace": "AWS/ES", "detail": {"detail-type": "CloudWatch Alarm State Change"}}, True),
        ({"metricName": "CPUUtilization", "detail": {"source": "aws.s3"}}, False),
        ({"metricName": "Latency", "namespace": "AWS/EC2", "detail": {"source": "aws.cloudwatch"}}, True),
        ({"detail": {"source": "aws.cloudwatch"}}, False),
    ],
)
def test_each_or_must_hold(event: Any, expected: bool) -> None:
    assert Pattern.parse(AND_OF_ORS).matches(event) is expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"metricName": "ReadLatency"}, True),
        ({"scope": "Service"}, True),
        ({"metricType": "MetricType", "namespace": "AWS/EC2", "metricId": 1234}, True),
        ({"metricType": "MetricType", "namespace": "AWS/EC2", "spaceId": 1000}, True),
        ({"metricType": "MetricType", "namespace": "AWS/EC2"}, False),
        ({"namespace": "AWS/EC2", "metricId": 1234}, False),
    ],
)
def test_an_or_may_hold_another(event: Any, expected: bool) -> None:
    assert Pattern.parse(NESTED_OR).matches({"source": "aws.cloudwatch"} | event) is expected
    assert not Pattern.parse(NESTED_OR).matches({"source": "aws.s3"} | event)


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        ({}, "its top"),
        ([], "its top"),
        ({"source": "aws.s3"}, "source"),
        ({"source": []}, "source"),
        ({"detail": {}}, "detail"),
        ({"detail": {"state": [["nested"]]}}, "detail.state[0]"),
        ({"detail": {"state": ["ok", {"prefx": "a"}]}}, "detail.state[1]"),
        ({"detail": {"state": [{"prefix": "a", "suffix": "b"}]}}, "detail.state[0]"),
        ({"$or": [{"a": [1]}]}, "$or"),
        ({"$or": {"a": [1]}}, "$or"),
        ({"$or": [{"a": [1]}, {}]}, "its top"),
        ({"detail": {"$or": [{"numeric": [1]}, {"a": [1]}]}}, "detail.numeric"),
        ({"source": ["x"], "$or": [{"source": ["y"]}, {"a": [1]}]}, "source"),
    ],
)
def test_a_malformed_pattern_is_refused_with_its_path(pattern: Any, where: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Pattern.parse(pattern)
    assert f"at {where}:" in str(refusal.value)


def test_more_than_a_thousand_combinations_are_refused() -> None:
    """User guide, "Considerations when creating event patterns"."""
    ten = {f"f{at}": {"$or": [{"a": [1]}, {"b": [1]}]} for at in range(10)}
    Pattern.parse({name: ten[name] for name in list(ten)[:9]})
    with pytest.raises(ConfigurationError, match="1000 combinations"):
        Pattern.parse(ten)


def test_an_event_a_thousand_levels_deep_is_matched() -> None:
    deep: Any = "bottom"
    for _ in range(5000):
        deep = {"n": deep}
    assert Pattern.parse({"source": ["s"], "n": {"n": [{"exists": False}]}}).matches({"source": "s", "n": deep})


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "a", "b", "ab"]))
EVENTS = st.dictionaries(
    st.sampled_from("xyz"),
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner)),
)


@given(EVENTS, SCALARS, SCALARS)
def test_an_or_is_the_union_of_its_options(event: Any, one: Any, other: Any) -> None:
    first, second = {"x": [one]}, {"y": {"z": [other]}}
    either = Pattern.parse({"$or": [first, second]}).matches(event)
    assert either == (Pattern.parse(first).matches(event) or Pattern.parse(second).matches(event))


@given(EVENTS)
def test_a_field_either_exists_or_is_absent(event: Any) -> None:
    present = Pattern.parse({"x": [{"exists": True}]}).matches(event)
    assert present is not Pattern.parse({"x": [{"exists": False}]}).matches(event)


@given(EVENTS)
def test_matching_leaves_the_event_as_it_was(event: Any) -> None:
    before = copy.deepcopy(event)
    Pattern.parse({"x": {"y": [1]}, "y": [{"anything-but": "a"}]}).matches(event)
    assert event == before
