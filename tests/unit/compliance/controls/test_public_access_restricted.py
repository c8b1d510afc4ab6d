import pytest

from holdfast.compliance.controls.public_access_restricted import CONTROL
from holdfast.compliance.facts import Fact, Unread
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK
from tests.unit.compliance.access.closed import UNREAD, block
from tests.unit.compliance.look import look

BOTH = block("IgnorePublicAcls", "RestrictPublicBuckets")


@pytest.mark.parametrize(
    ("bucket", "account", "verdict"),
    [
        (BOTH, {}, "pass"),
        ({}, BOTH, "pass"),
        (block("IgnorePublicAcls"), block("RestrictPublicBuckets"), "pass"),
        ({}, {}, "fail"),
        (block("BlockPublicAcls", "BlockPublicPolicy"), {}, "fail"),
        (block("IgnorePublicAcls"), {}, "fail"),
        (BOTH, UNREAD, "pass"),
        ({}, UNREAD, "unknown"),
    ],
)
def test_the_stricter_of_both_levels_holds(bucket: Fact, account: Fact | Unread, verdict: str) -> None:
    assert look(CONTROL, {BLOCK: bucket, ACCOUNT_BLOCK: account})[0] == verdict


def test_what_is_off_is_named() -> None:
    said = "RestrictPublicBuckets off for the bucket and for its account"
    assert look(CONTROL, {BLOCK: block("IgnorePublicAcls"), ACCOUNT_BLOCK: {}}) == ("fail", said)
