from typing import Any

import pytest

from holdfast.compliance.controls.residency import CONTROL
from holdfast.compliance.reads.s3 import LOCATION
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("location", "allowed", "verdict"),
    [
        ("eu-west-1", "eu-west-1,eu-central-1", "pass"),
        ("EU", "eu-west-1", "pass"),
        (None, ["us-east-1"], "pass"),
        (None, "eu-west-1", "fail"),
        ("us-west-2", "eu-west-1", "fail"),
        ("us-west-2", None, "not_applicable"),
    ],
)
def test_a_bucket_is_where_it_may_be(location: str | None, allowed: Any, verdict: str) -> None:
    given = {} if allowed is None else {"allowedRegions": allowed}
    assert look(CONTROL, {LOCATION: {"LocationConstraint": location}}, **given)[0] == verdict
