"""A suite of Great Expectations becomes expectations of the manifest, or is listed with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.exchange.great_expectations import suite
from holdfast.batches.exchange.imported import Imported
from holdfast.manifest import Model
from holdfast.shared.errors import ContractError
from holdfast.shared.positioned_yaml import load_positioned


def of(kind: str, **kwargs: Any) -> Imported:
    """Read a suite of one expectation."""
    return suite(json.dumps({"expectations": [{"expectation_type": kind, "kwargs": kwargs}]}).encode())


TAKEN = [
    ("expect_column_to_exist", {}, [{"expect": "exists"}]),
    ("expect_column_values_to_not_be_null", {"mostly": 0.9}, [{"expect": "not_null", "mostly": 0.9}]),
    ("expect_column_values_to_not_be_null", {"mostly": 1}, [{"expect": "not_null"}]),
    ("expect_column_values_to_be_unique", {"result_format": "BASIC"}, [{"expect": "unique"}]),
    (
        "expect_column_values_to_be_between",
        {"min_value": 0, "max_value": 1.5, "strict_max": True, "mostly": 0.99},
        [{"expect": "range", "minimum": 0, "maximum": 1.5, "strict_maximum": True, "mostly": 0.99}],
    ),
    (
        "expect_column_values_to_be_between",
        {"min_value": "2026-01-01T00:00:00", "parse_strings_as_datetimes": True},
        [{"expect": "range", "minimum": "2026-01-01T00:00:00+00:00"}],
    ),
    ("expect_column_values_to_be_in_set", {"value_set": ["a", 1]}, [{"expect": "set", "values": ["a", 1]}]),
    ("expect_column_values_to_not_be_in_set", {"value_set": [""]}, [{"expect": "forbidden", "values": [""]}]),
    ("expect_column_distinct_values_to_be_in_set", {"value_set": ["a"]}, [{"expect": "set", "values": ["a"]}]),
    (
        "expect_column_distinct_values_to_equal_set",
        {"value_set": ["a", "b"]},
        [{"expect": "set", "values": ["a", "b"]}, {"expect": "distinct_between", "minimum": 2}],
    ),
    ("expect_column_values_to_match_regex", {"regex": "^a"}, [{"expect": "regex", "pattern": "^a"}]),
    ("expect_column_values_to_not_match_regex", {"regex": "z"}, [{"expect": "regex", "pattern": "z", "absent": True}]),
    (
        "expect_column_values_to_match_regex_list",
        {"regex_list": ["^a", "b$"], "match_on": "any"},
        [{"expect": "regex", "pattern": "(?:^a)|(?:b$)"}],
    ),
    (
        "expect_column_values_to_match_regex_list",
        {"regex_list": ["^a", "b$"], "match_on": "all"},
        [{"expect": "regex", "pattern": "^a"}, {"expect": "regex", "pattern": "b$"}],
    ),
    ("expect_column_value_lengths_to_be_between", {"min_value": 1}, [{"expect": "length", "minimum": 1}]),
    ("expect_column_value_lengths_to_equal", {"value": 3}, [{"expect": "length", "minimum": 3, "maximum": 3}]),
    ("expect_column_unique_value_count_to_be_between", {"min_value": 2, "strict_min": True},
     [{"expect": "distinct_between", "minimum": 3}]),
    ("expect_column_proportion_of_unique_values_to_be_between", {"min_value": 0.5},
     [{"expect": "distinct_between", "minimum_share": 0.5}]),
    ("expect_column_mean_to_be_between", {"min_value": 1, "max_value": 2},
     [{"expect": "mean_between", "minimum": 1, "maximum": 2}]),
    ("expect_column_max_to_be_between", {"max_value": 9}, [{"expect": "maximum_between", "maximum": 9}]),
    ("expect_column_median_to_be_between", {"min_value": 1},
     [{"expect": "quantile_between", "quantile": 0.5, "minimum": 1}]),
    (
        "expect_column_quantile_values_to_be_between",
        {"quantile_ranges": {"quantiles": [0.1, 0.9], "value_ranges": [[None, 5], [6, 7]]}},
        [
            {"expect": "quantile_between", "quantile": 0.1, "maximum": 5},
            {"expect": "quantile_between", "quantile": 0.9, "minimum": 6, "maximum": 7},
        ],
    ),
    ("expect_column_values_to_be_of_type", {"type_": "VARCHAR(20)"}, [{"expect": "type", "types": ["text"]}]),
    ("expect_column_values_to_be_in_type_list", {"type_list": ["int64", "float64"]},
     [{"expect": "type", "types": ["float", "integer"]}]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "kwargs", "ours"), TAKEN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_kind_with_a_counterpart_is_taken_over(kind: str, kwargs: dict[str, Any], ours: list[dict[str, Any]]) -> None:
    found = of(kind, column="c", **kwargs)
    named = [{"expect": one["expect"], "column": "c"} | one for one in ours]
    assert [dict(said) for said in found.expectations] == named
    assert all("with a difference" in left.reason for left in found.left)


def test_what_is_said_of_the_table_is_taken_over() -> None:
    rows = of("expect_table_row_count_to_be_between", min_value=1, max_value=5)
    assert rows.expectations == ({"expect": "row_count", "minimum": 1, "maximum": 5},)
    assert of("expect_table_row_count_to_equal", value=5).expectations == (
        {"expect": "row_count", "minimum": 5, "maximum": 5},
    )
    names = of("expect_table_columns_to_match_set", column_set=["a"], exact_match=False)
    assert names.expectations == ({"expect": "columns", "names": ["a"]},)
    ordered = of("expect_table_columns_to_match_ordered_list", column_list=["b", "a"])
    assert ordered.expectations == ({"expect": "columns", "names": ["b", "a"], "only": True},)
    assert "the order of columns is not looked at" in ordered.left[0].reason
    pair = of("expect_compound_columns_to_be_unique", column_list=["a", "b"])
    assert pair.expectations == ({"expect": "unique", "columns": ["a", "b"]},)


@pytest.mark.parametrize(
    ("kind", "kwargs", "reason"),
    [
        ("expect_column_values_to_be_increasing", {"column": "c"}, "counts have no order"),
        ("expect_multicolumn_sum_to_equal", {"column_list": ["a"], "sum_total": 1}, "columns are counted apart"),
        ("expect_column_values_to_be_prime", {"column": "c"}, "nothing here means the same"),
        ("expect_column_values_to_not_be_null", {"column": "c", "row_condition": "a"}, "counted, not filtered"),
        ("expect_column_mean_to_be_between", {"column": "c", "min_value": {"$PARAMETER": "m"}}, "write the value"),
        ("expect_column_values_to_not_be_null", {"column": "c", "odd": 1}, "not understood: odd"),
        ("expect_column_values_to_not_be_null", {}, "column: field required"),
        ("expect_column_values_to_not_be_null", {"column": "c", "mostly": 2.0}, "mostly: input should be less than"),
        ("expect_column_values_to_match_regex", {"column": "c", "regex": "(?=x)"}, "re2 refuses the pattern"),
        ("expect_column_values_to_be_in_set", {"column": "c", "value_set": "abc"}, "value_set: expected a list"),
        ("expect_column_values_to_be_in_set", {"column": "c", "value_set": []}, "values: tuple should have at least 1"),
        ("expect_column_quantile_values_to_be_between", {"column": "c", "quantile_ranges": 3}, "as many value_ranges"),
        ("expect_column_values_to_be_of_type", {"column": "c", "type_": "Geometry"}, "no type of ours is Geometry"),
        ("expect_column_max_to_be_between", {"column": "c", "min_value": "x", "strict_min": True}, "that is no number"),
        ("expect_column_values_to_match_regex_list",
         {"column": "c", "regex_list": ["a", "b"], "match_on": "all", "mostly": 0.5}, "is not counted"),
        ("expect_compound_columns_to_be_unique", {"column_list": ["a"], "ignore_row_if": "never"}, "are not compared"),
        ("expect_column_values_to_be_between", {"column": "c", "min_value": "low"}, "expected a number, or a time"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_listed_with_the_reason(kind: str, kwargs: dict[str, Any], reason: str) -> None:
    found = of(kind, **kwargs)
    assert found.expectations == ()
    assert [reason in left.reason for left in found.left] == [True]
    assert found.left[0].what.startswith(kind)


def test_two_columns_are_taken_over_as_a_pair() -> None:
    found = of("expect_column_pair_values_A_to_be_greater_than_B", column_A="end", column_B="start", or_equal=True)
    assert found.expectations == ({"expect": "pair", "column": "end", "holds": "greater_or_equal", "other": "start"},)


def test_a_suite_of_version_one_says_how_grave_a_failure_is() -> None:
    said = {
        "name": "orders",
        "expectations": [
            {"type": "expect_column_to_exist", "kwargs": {"column": "a"}, "severity": "critical", "id": "1"},
            {"type": "expect_column_to_exist", "kwargs": {"column": "b"}, "severity": "warning", "meta": {"by": "x"}},
            {"type": "expect_column_to_exist", "kwargs": {"column": "c"}, "severity": "loud"},
        ],
        "notes": "read me",
    }
    found = suite(json.dumps(said).encode())
    assert found.expectations == (
        {"expect": "exists", "column": "a"},
        {"expect": "exists", "column": "b", "on_failure": "notice"},
    )
    assert [(left.where, left.what) for left in found.left] == [
        ("expectations[1]", "expect_column_to_exist, meta"),
        ("expectations[2]", "expect_column_to_exist of c"),
        ("suite", "notes"),
    ]


STRANGE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    STRANGE,
    st.lists(STRANGE | st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=4),
)
def test_the_snippet_is_read_back_as_it_was_meant(column: str, values: list[Any]) -> None:
    found = of("expect_column_values_to_be_in_set", column=column, value_set=values)
    data, _ = load_positioned(found.snippet("bike").encode(), Path("governance.yaml"))
    assert data["models"]["bike"]["expectations"] == [dict(said) for said in found.expectations]
    governed = {"owner": "t", "batches": {"bucket": "ml-data", "prefix": "in/"}, "reference": "s3://ml-data/r.parquet"}
    model = Model.model_validate({**governed, **data["models"]["bike"]})
    assert [one.of for one in model.expectations] == [column] * len(found.expectations)


def test_nothing_taken_over_is_still_yaml() -> None:
    assert Imported().snippet() == "expectations: []\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not json"),
        (b"[1]", "expected an object, got list"),
        (b'{"expectations": {"a": 1}}', "expected a list under 'expectations', got dict"),
        (b'{"expectations": [' + b"[" * 60_000, "not json"),
        (b'{"expectations": [' + b"0," * 10_000 + b"0]}", "10001 entries under 'expectations'"),
        (b'{"expectations": [Infinity]}', "Infinity is not json"),
    ],
)
def test_what_is_no_suite_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        suite(data)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["column", "min_value", "max_value", "strict_min", "strict_max", "mostly", "value_set", "regex", "regex_list",
        "match_on", "quantile_ranges", "type_", "type_list", "column_set", "column_list", "value", "exact_match",
        "ignore_row_if"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted({kind for kind, *_ in TAKEN})) | st.text(max_size=4) | JUNK,
       st.dictionaries(st.sampled_from(KEYS), JUNK, max_size=5) | JUNK, JUNK)  # fmt: skip
def test_no_suite_crashes_the_reader_and_nothing_is_dropped(kind: Any, kwargs: Any, severity: Any) -> None:
    said = {"expectations": [{"type": kind, "kwargs": kwargs, "severity": severity}]}
    found = suite(json.dumps(said).encode())
    assert found.expectations or found.left


def test_a_set_that_names_a_value_twice_has_it_once() -> None:
    found = of("expect_column_distinct_values_to_equal_set", column="c", value_set=[1, 1.0, "a", "a"])
    assert found.expectations[1] == {"expect": "distinct_between", "column": "c", "minimum": 2}


@pytest.mark.parametrize("patterns", [["a", "b)|(c"], [1], [{"a": 1}], ["(?=x)"], []])
def test_a_list_of_patterns_that_are_none_is_listed(patterns: list[Any]) -> None:
    for kind in ("match", "not_match"):
        found = of(f"expect_column_values_to_{kind}_regex_list", column="c", regex_list=patterns)
        assert (found.expectations, len(found.left)) == ((), 1)


def test_what_differs_between_patterns_is_told() -> None:
    found = of("expect_column_values_to_match_regex", column="c", regex=r"^\w+$")
    assert "know ASCII only" in found.left[0].reason


def test_keys_beside_the_expectation_are_listed_and_no_severity_is_the_gravest() -> None:
    one = {"type": "expect_column_to_exist", "kwargs": {"column": "c"}, "severity": None, "windows": [{"range": 3}]}
    found = suite(json.dumps({"expectations": [one]}).encode())
    assert found.expectations == ({"expect": "exists", "column": "c"},)
    assert [left.what for left in found.left] == ["expect_column_to_exist, windows"]


def test_a_null_in_a_set_is_left_out_and_that_is_said() -> None:
    imported = of("expect_column_values_to_be_in_set", column="x", value_set=["a", None])
    assert imported.expectations == ({"expect": "set", "column": "x", "values": ["a"]},)
    (left,) = imported.left
    assert "a null says nothing there" in left.reason


def test_a_key_that_stands_there_twice_is_not_read_in_one_of_two_ways() -> None:
    with pytest.raises(ContractError, match="the key 'expectations' stands there twice"):
        suite(b'{"expectations": [{"expectation_type": "expect_column_to_exist", "kwargs": {}}], "expectations": []}')
