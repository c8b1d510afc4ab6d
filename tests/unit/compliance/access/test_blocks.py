from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.compliance.access.blocks import SETTINGS, blocks, is_in_force, off
from holdfast.compliance.facts import Facts, UnknownFactError, Unread
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK
from holdfast.compliance.resource import Resource

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def block(**settings: object) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": settings}


def is_on(bucket: Any, account: Any) -> bool:
    facts = Facts(
        Resource("s3_bucket", "data", "123456789012"),
        {BLOCK: bucket, ACCOUNT_BLOCK: account},
        now=NOON,
        parameters=Parameters(),
    )
    return is_in_force(facts, "IgnorePublicAcls")


@pytest.mark.parametrize(
    ("written", "on"), [(True, True), ("true", True), (False, False), ("false", False), (None, False)]
)
def test_a_setting_may_be_written_as_text(written: object, on: bool) -> None:
    assert blocks(block(IgnorePublicAcls=written), "IgnorePublicAcls") is on


def test_what_was_never_set_is_off() -> None:
    assert off({}) == list(SETTINGS)
    assert off(block(**dict.fromkeys(SETTINGS, True))) == []


def test_of_bucket_and_account_the_stricter_holds() -> None:
    on, none = block(IgnorePublicAcls=True), dict[str, Any]()
    assert (is_on(on, none), is_on(none, on), is_on(none, none)) == (True, True, False)


def test_one_level_that_is_on_is_enough_although_the_other_is_not_readable() -> None:
    assert is_on(block(IgnorePublicAcls=True), Unread("denied"))
    assert is_on(Unread("denied"), block(IgnorePublicAcls=True))
    with pytest.raises(UnknownFactError):
        is_on({}, Unread("denied"))
