from typing import Any

import pytest

from holdfast.compliance.controls.required_tag_values import CONTROL
from holdfast.compliance.reads.s3 import TAGS
from tests.unit.compliance.look import look


def judged(tags: dict[str, str], **given: Any) -> tuple[str, str]:
    return look(CONTROL, {TAGS: {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}}, **given)


@pytest.mark.parametrize(
    ("tags", "given", "verdict"),
    [
        ({"CostCenter": "12"}, {}, "pass"),
        ({"costcenter": "12"}, {}, "fail"),
        ({}, {}, "fail"),
        ({"class": "public"}, {"tag1Key": "class", "tag1Value": "public,internal"}, "pass"),
        ({"class": "secret"}, {"tag1Key": "class", "tag1Value": "public,internal"}, "fail"),
        ({"class": "public"}, {"tag1Key": "class", "tag2Key": "team"}, "fail"),
        ({"class": "public", "team": "a"}, {"tag1Key": "class", "tag2Key": "team"}, "pass"),
    ],
)
def test_each_tag_has_a_value_that_it_may_have(tags: dict[str, str], given: Any, verdict: str) -> None:
    assert judged(tags, **given)[0] == verdict


def test_what_is_wrong_is_said_of_each() -> None:
    given = {"tag1Key": "class", "tag1Value": "public,internal", "tag2Key": "team"}
    said = "tags: class is 'secret', expected public or internal; team is missing"
    assert judged({"class": "secret"}, **given) == ("fail", said)
