from typing import Any

import pytest

from holdfast.compliance.controls.versioned_needs_lifecycle import CONTROL
from holdfast.compliance.reads.s3 import LIFECYCLE, VERSIONING
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("status", "rules", "verdict"),
    [
        ("Enabled", [{"Status": "Enabled"}], "pass"),
        ("Enabled", [{"Status": "Disabled"}], "fail"),
        ("Enabled", [], "fail"),
        ("Suspended", [], "not_applicable"),
        (None, [], "not_applicable"),
    ],
)
def test_only_versioned_buckets_need_a_lifecycle(status: str | None, rules: list[Any], verdict: str) -> None:
    facts = {VERSIONING: {} if status is None else {"Status": status}, LIFECYCLE: {"Rules": rules} if rules else {}}
    assert look(CONTROL, facts)[0] == verdict


def test_buckets_that_are_not_named_are_left_out() -> None:
    facts = {VERSIONING: {"Status": "Enabled"}, LIFECYCLE: {}}
    assert look(CONTROL, facts, bucketNames="other")[0] == "not_applicable"
    assert look(CONTROL, facts, bucketNames="other, training-data")[0] == "fail"
