from typing import Any

import pytest

from holdfast.compliance.controls.required_tags import CONTROL
from holdfast.compliance.reads.s3 import TAGS
from tests.unit.compliance.look import look


def judged(*keys: str, **given: Any) -> tuple[str, str]:
    tags = [{"Key": key, "Value": "x"} for key in keys]
    return look(CONTROL, {TAGS: {"TagSet": tags} if tags else {}}, **given)


@pytest.mark.parametrize(
    ("keys", "wanted", "verdict"),
    [
        ((), None, "fail"),
        (("owner",), None, "pass"),
        (("aws:cloudformation:stack-name",), None, "fail"),
        (("owner", "class"), "owner,class", "pass"),
        (("owner",), "owner, class", "fail"),
        (("Owner",), ["owner"], "fail"),
        (("aws:owner",), "aws:owner", "fail"),
    ],
)
def test_the_tags_asked_for_are_there_and_are_ours(keys: tuple[str, ...], wanted: Any, verdict: str) -> None:
    assert judged(*keys, **({} if wanted is None else {"requiredKeyTags": wanted}))[0] == verdict


def test_the_missing_ones_are_named() -> None:
    assert judged("owner", requiredKeyTags="owner,class,team") == ("fail", "tags are missing: class, team")
