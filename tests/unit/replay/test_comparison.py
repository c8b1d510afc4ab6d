"""The comparison operators, from the EventBridge user guide, "Comparison operators for use in event patterns"."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.comparison import comparison
from holdfast_console.replay.matcher import Pattern


@pytest.mark.parametrize(
    ("test", "passing", "failing"),
    [
        ("Alice", ["Alice"], ["alice", "Alice ", None, 1]),
        (100, [100], [100.0, "100", True, 101]),
        (1, [1], [True, 1.0]),
        (0, [0], [False, ""]),
        (True, [True], [1, "true", False]),
        (None, [None], ["", "null", 0, False]),
        ({"prefix": "us-"}, ["us-east-1", "us-"], ["eu-west-1", "US-east-1", 5, None]),
        ({"prefix": ""}, ["", "anything"], [5, None]),
        ({"prefix": {"equals-ignore-case": "eventb"}}, ["EventBridge", "EVENTB"], ["even", "an eventb"]),
        ({"suffix": ".png"}, ["dir/a.png"], [".png.zip", "a.PNG"]),
        ({"suffix": {"equals-ignore-case": "tBridge"}}, ["EventBridge", "EVENTBRIDGE"], ["EventBridges"]),
        ({"equals-ignore-case": "alice"}, ["Alice", "ALICE"], ["alic", None]),
        ({"wildcard": "dir/*.png"}, ["dir/a.png", "dir/deep/er/a.png", "dir/.png"], ["dirs/a.png", "dir/a.jpg"]),
        ({"wildcard": "*/lib/*"}, ["/usr/lib/x", "/lib/"], ["/library/x"]),
        ({"wildcard": "a.c"}, ["a.c"], ["abc"]),
        ({"wildcard": r"a\*b"}, ["a*b"], ["axb", r"a\*b"]),
        ({"wildcard": r"a\\*"}, ["a\\", "a\\b"], ["ab"]),
        ({"wildcard": "a*z"}, ["a\nz"], []),
        ({"anything-but": "initializing"}, ["running", "Initializing", 5, True, None, ""], ["initializing"]),
        ({"anything-but": 123}, [124, "123", True], [123, 123.0]),
        ({"anything-but": ["stopped", "overloaded"]}, ["running"], ["stopped", "overloaded"]),
        ({"anything-but": [100, 200, 300]}, [301.8, "100"], [100, 200, 300]),
        ({"anything-but": {"prefix": "us-"}}, ["eu-west-1", 5], ["us-east-1"]),
        ({"anything-but": {"prefix": ["us-", "eu-"]}}, ["ap-south-1"], ["us-east-1", "eu-west-1"]),
        ({"anything-but": {"suffix": ".png"}}, ["a.jpg"], ["a.png"]),
        ({"anything-but": {"suffix": [".png", ".jpg"]}}, ["a.gif"], ["a.jpg"]),
        ({"anything-but": {"equals-ignore-case": "initializing"}}, ["running"], ["initializing", "INITIALIZING"]),
        ({"anything-but": {"equals-ignore-case": ["one", "two"]}}, ["three"], ["ONE", "Two"]),
        ({"anything-but": {"wildcard": "*/lib/*"}}, ["/usr/share/x"], ["/usr/lib/x"]),
        ({"anything-but": {"wildcard": ["*/lib/*", "*/bin/*"]}}, ["/usr/share/x"], ["/usr/bin/x"]),
        ({"numeric": [">", 0, "<=", 5]}, [1, 5, 0.5], [0, 5.1, "3", True, None]),
        ({"numeric": ["<", 10]}, [9, -3], [10, float("nan"), float("-inf"), 10**400]),
        ({"numeric": [">=", 10]}, [10, 11], [9.999999]),
        ({"numeric": ["=", 3.018e2]}, [301.8], [301, "301.8"]),
        ({"numeric": ["=", 300]}, [300, 300.0], [301]),
        ({"exists": True}, ["", 0, False, None], []),
        ({"exists": False}, [], ["", 0, None]),
        ({"cidr": "10.0.0.0/24"}, ["10.0.0.33", "10.0.0.255"], ["10.0.1.0", "not an address", 10, "2001:db8::1"]),
        ({"cidr": "2001:db8::/32"}, ["2001:db8::1", "2001:0DB8:0:0::2"], ["2001:db9::1", "10.0.0.1"]),
    ],
)
def test_an_operator_passes_what_the_user_guide_says(test: Any, passing: list[Any], failing: list[Any]) -> None:
    passes = comparison(test, "field")
    assert [value for value in passing if not passes(value)] == []
    assert [value for value in failing if passes(value)] == []


@pytest.mark.parametrize(
    "malformed",
    [
        {"prefix": 5},
        {"prefix": {"suffix": "a"}},
        {"suffix": None},
        {"equals-ignore-case": ["a"]},
        {"wildcard": "a**b"},
        {"wildcard": r"a\b"},
        {"wildcard": "a\\"},
        {"anything-but": []},
        {"anything-but": None},
        {"anything-but": True},
        {"anything-but": ["a", 1]},
        {"anything-but": [{"prefix": "a"}]},
        {"anything-but": {"prefix": ""}},
        {"anything-but": {"suffix": ["a", ""]}},
        {"anything-but": {"numeric": ["<", 1]}},
        {"anything-but": {"prefix": "a", "suffix": "b"}},
        {"numeric": []},
        {"numeric": ["<"]},
        {"numeric": ["!=", 1]},
        {"numeric": ["<", "1"]},
        {"numeric": ["<", True]},
        {"numeric": [">", 5, "<", 1]},
        {"numeric": ["<", 1, ">", 5]},
        {"numeric": ["<", 6_000_000_000]},
        {"numeric": ["=", 0.1234567]},
        {"numeric": ["=", float("nan")]},
        {"exists": 0},
        {"exists": "false"},
        {"cidr": "10.0.0.0"},
        {"cidr": "10.0.0.0/40"},
        {"cidr": "ten/8"},
        {"exactly": "a"},
        {},
    ],
)
def test_an_operator_that_makes_no_sense_is_refused(malformed: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"at detail\.field\[0\]"):
        Pattern.parse({"detail": {"field": [malformed]}})


@given(st.lists(st.text(max_size=4), min_size=1), st.text(max_size=4))
def test_anything_but_is_the_opposite_of_the_values(values: list[str], got: str) -> None:
    assert comparison({"anything-but": values}, "")(got) is (got not in values)


@given(st.text(alphabet="ab*", max_size=6).filter(lambda text: "**" not in text), st.text(alphabet="ab", max_size=8))
def test_a_wildcard_at_both_ends_only_is_prefix_or_suffix(pattern: str, got: str) -> None:
    passes = comparison({"wildcard": pattern}, "")(got)
    if pattern.count("*") == 0:
        assert passes is (got == pattern)
    elif pattern.count("*") == 1:
        head, tail = pattern.split("*")
        assert passes is (len(got) >= len(head + tail) and got.startswith(head) and got.endswith(tail))
