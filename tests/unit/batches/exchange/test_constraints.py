"""Model Monitor's constraints become expectations of the manifest, or are listed with the reason."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.exchange.constraints import constraints
from holdfast.shared.errors import ContractError

AWS: dict[str, Any] = {
    "version": 0.0,
    "features": [
        {
            "name": "amount",
            "inferred_type": "Fractional",
            "completeness": 0.95,
            "num_constraints": {"is_non_negative": True},
            "monitoringConfigOverrides": {},
        },
        {
            "name": "kind",
            "inferred_type": "String",
            "completeness": 1.0,
            "string_constraints": {"domains": ["x", "y"]},
        },
        {"name": "odd", "inferred_type": "Unknown", "completeness": 0.0, "num_constraints": {"is_non_negative": False}},
    ],
    "monitoring_config": {
        "evaluate_constraints": "Enabled",
        "datatype_check_threshold": 1.0,
        "domain_content_threshold": 1.0,
        "distribution_constraints": {"perform_comparison": "Enabled", "comparison_threshold": 0.1},
    },
}


def test_what_a_feature_must_keep_becomes_notices() -> None:
    found = constraints(json.dumps(AWS).encode())
    notice = {"on_failure": "notice"}
    assert [dict(said) for said in found.expectations] == [
        {"expect": "type", "column": "amount", **notice, "types": ["number"]},
        {"expect": "not_null", "column": "amount", **notice, "mostly": 0.95},
        {"expect": "range", "column": "amount", **notice, "minimum": 0},
        {"expect": "type", "column": "kind", **notice, "types": ["text", "binary", "boolean", "date", "timestamp"]},
        {"expect": "not_null", "column": "kind", **notice},
        {"expect": "set", "column": "kind", **notice, "values": ["x", "y"]},
    ]


def test_the_settings_are_listed_each_with_its_reason() -> None:
    left = {(one.where, one.what) for one in constraints(json.dumps(AWS).encode()).left}
    assert left == {
        ("features[2]", "inferred_type Unknown of odd"),
        *(("monitoring_config", key) for key in AWS["monitoring_config"]),
    }


def test_overrides_and_unknown_keys_are_not_dropped_silently() -> None:
    feature = {
        "name": "x",
        "custom": 1,
        "monitoringConfigOverrides": {"comparison_threshold": 0.2},
        "num_constraints": {"is_positive": True},
        "string_constraints": {"domains": []},
    }
    found = constraints(json.dumps({"features": [feature], "more": 1}).encode())
    assert found.expectations == ()
    assert {one.what for one in found.left} == {
        "custom of x", "num_constraints.is_positive of x", "monitoringConfigOverrides of x", "domains of x", "more",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "said"), [(b"nope", "not json"), (b'{"features": 1}', "expected a list"), (b"3", "object")]
)
def test_what_is_no_constraints_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        constraints(data)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = ["name", "inferred_type", "completeness", "num_constraints", "string_constraints", "monitoringConfigOverrides"]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JUNK) | JUNK, JUNK)
def test_no_file_crashes_the_reader(feature: Any, config: Any) -> None:
    constraints(json.dumps({"features": [feature], "monitoring_config": config}).encode())


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"completeness": False}, "completeness of c"),
        ({"num_constraints": []}, "num_constraints of c"),
        ({"num_constraints": {"is_non_negative": "true"}}, "is_non_negative of c"),
        ({"string_constraints": "x"}, "string_constraints of c"),
    ],
)
def test_what_is_written_wrongly_is_listed(said: dict[str, Any], what: str) -> None:
    found = constraints(json.dumps({"features": [{"name": "c", **said}]}).encode())
    assert (found.expectations, [left.what for left in found.left]) == ((), [what])
