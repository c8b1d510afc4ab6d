"""Condition operators, from the IAM user guide: "Condition operators", "Set operators for multivalued context keys"."""

from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.conditions import conditions

RULE = "arn:aws:events:eu-west-1:123456789012:rule/bus/Batches"


def hold(block: dict[str, Any], **context: str | tuple[str, ...]) -> bool:
    known = {key.replace("__", ":").lower(): (v,) if isinstance(v, str) else v for key, v in context.items()}
    return all(condition.holds(known) for condition in conditions(block, "here"))


@pytest.mark.parametrize(
    ("block", "passing", "failing"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, ["a", "b"], ["A", "c"]),
        ({"StringNotEquals": {"k": ["a", "b"]}}, ["c", "A"], ["a", "b"]),
        ({"StringEqualsIgnoreCase": {"k": "John"}}, ["john", "JOHN"], ["jon"]),
        ({"StringNotEqualsIgnoreCase": {"k": "John"}}, ["jon"], ["JOHN"]),
        ({"StringLike": {"k": "home/*/x?"}}, ["home/a/b/x1", "home//xy"], ["home/a/x", "HOME/a/x1"]),
        ({"StringNotLike": {"k": "home/*"}}, ["tmp"], ["home/a"]),
        ({"ArnEquals": {"k": RULE}}, [RULE], [RULE + "2"]),
        (
            {"ArnLike": {"k": "arn:aws:events:*:123456789012:rule/*"}},
            [RULE],
            ["arn:aws:events:eu-west-1:999999999999:rule/x"],
        ),
        ({"ArnLike": {"k": "arn:aws:*:rule/*"}}, [], [RULE]),
        ({"ArnNotLike": {"k": "arn:aws:iam::*:role/publisher"}}, [RULE], ["arn:aws:iam::1:role/publisher"]),
        ({"Bool": {"k": "false"}}, ["false", "False"], ["true"]),
        ({"Bool": {"k": False}}, ["false"], ["true"]),
        ({"NumericLessThanEquals": {"k": "10"}}, ["10", "9.5", "-1"], ["10.1", "ten"]),
        ({"NumericGreaterThan": {"k": 10}}, ["11"], ["10"]),
        ({"NumericEquals": {"k": "1.0"}}, ["1"], ["2"]),
        ({"NumericNotEquals": {"k": "1"}}, ["2"], ["1.0"]),
        (
            {"DateGreaterThan": {"k": "2026-01-01T00:00:00Z"}},
            ["2026-01-01T01:00:00Z", "1900000000"],
            ["2025-12-31T23:59:59Z", "x"],
        ),
        ({"DateLessThan": {"k": "2026-01-01"}}, ["2025-12-31T23:59:59+00:00"], ["2026-01-01"]),
        (
            {"IpAddress": {"k": ["203.0.113.0/24", "2001:db8::/32"]}},
            ["203.0.113.9", "2001:db8::1"],
            ["203.0.114.1", "?"],
        ),
        ({"NotIpAddress": {"k": "203.0.113.0/24"}}, ["198.51.100.1"], ["203.0.113.9"]),
    ],
)
def test_an_operator_holds_for_what_the_user_guide_says(block: Any, passing: list[str], failing: list[str]) -> None:
    assert [value for value in passing if not hold(block, k=value)] == []
    assert [value for value in failing if hold(block, k=value)] == []


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("ArnNotLike", True),
        ("Bool", False),
        ("BoolIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_a_key_that_is_absent_counts_as_the_user_guide_says(operator: str, expected: bool) -> None:
    assert hold({operator: {"missing": "a"}}) is expected


@pytest.mark.parametrize(
    ("operator", "got", "expected"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAllValues:StringLike", (), True),
        ("ForAnyValue:StringEquals", ("c", "b"), True),
        ("ForAnyValue:StringEquals", ("c", "d"), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "d"), False),
        ("ForAnyValue:StringNotEquals", ("a", "d"), True),
    ],
)
def test_set_operators_look_at_every_value(operator: str, got: tuple[str, ...], expected: bool) -> None:
    assert hold({operator: {"k": ["a", "b"]}}, k=got) is expected


def test_null_asks_for_absence() -> None:
    assert hold({"Null": {"k": "true"}})
    assert hold({"Null": {"k": False}}, k="x")
    assert not hold({"Null": {"k": "true"}}, k="x")


def test_every_key_of_every_operator_must_hold() -> None:
    block = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    assert hold(block, a="1", b="2", c="true")
    assert not hold(block, a="1", b="2", c="false")
    assert not hold(block, a="1", b="3", c="true")


def test_keys_do_not_mind_case() -> None:
    assert hold({"StringEquals": {"AWS:SourceAccount": "1"}}, aws__sourceaccount="1")


def test_variables_are_filled_from_the_request() -> None:
    block = {"StringLike": {"s3:prefix": "home/${aws:PrincipalAccount}/*"}}
    assert hold(block, s3__prefix="home/1/x", aws__PrincipalAccount="1")
    assert not hold(block, s3__prefix="home/2/x", aws__PrincipalAccount="1")
    assert not hold(block, s3__prefix="home/2/x")


@pytest.mark.parametrize(
    "block",
    [
        "text",
        {"StringEquals": "text"},
        {"StringMatches": {"k": "a"}},
        {"ForSomeValues:StringEquals": {"k": "a"}},
        {"StringEquals": {"k": {"Ref": "Bucket"}}},
        {"StringLike": {"k": "a${*}b"}},
        {"StringLike": {"k": "${aws:PrincipalTag/team, 'none'}"}},
    ],
)
def test_what_cannot_be_judged_is_refused(block: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^here"):
        conditions(block, "here")
