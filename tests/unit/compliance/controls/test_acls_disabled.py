from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.compliance.controls.acls_disabled import CONTROL
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import ACL, OWNERSHIP
from holdfast.compliance.remedy import Remedy
from holdfast.compliance.resource import Resource
from tests.unit.compliance.access.closed import ENFORCED, UNREAD, granted
from tests.unit.compliance.look import look


def owned(by: str | None) -> dict[str, Any]:
    return {} if by is None else {"OwnershipControls": {"Rules": [{"ObjectOwnership": by}]}}


def proposed(ownership: dict[str, Any], acl: dict[str, Any]) -> Remedy | str:
    assert CONTROL.remediation is not None
    bucket = Resource("s3_bucket", "training-data", "123456789012")
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return CONTROL.remediation.propose(
        Facts(bucket, {OWNERSHIP: ownership, ACL: acl}, now=now, parameters=Parameters())
    )


def test_the_owner_enforced_switches_acls_off_whatever_they_say() -> None:
    assert look(CONTROL, {OWNERSHIP: ENFORCED, ACL: granted("READ")}) == ("pass", CONTROL.title)


@pytest.mark.parametrize("ownership", ["BucketOwnerPreferred", "ObjectWriter", None])
def test_any_other_ownership_leaves_them_in_use(ownership: str | None) -> None:
    said = "ACLs are in use: ownership is not BucketOwnerEnforced"
    assert look(CONTROL, {OWNERSHIP: owned(ownership), ACL: granted()}) == ("fail", said)


def test_a_grant_to_the_public_is_named() -> None:
    said = "ACLs are in use, and the ACL grants everyone READ"
    assert look(CONTROL, {OWNERSHIP: owned("ObjectWriter"), ACL: granted("READ")}) == ("fail", said)


def test_they_are_in_use_whether_or_not_the_acl_is_readable() -> None:
    assert look(CONTROL, {OWNERSHIP: {}, ACL: UNREAD})[0] == "fail"
    assert look(CONTROL, {OWNERSHIP: UNREAD, ACL: granted()})[0] == "unknown"


def test_the_remedy_switches_them_off_and_can_bring_back_what_was() -> None:
    remedy = proposed(owned("ObjectWriter"), granted())
    assert isinstance(remedy, Remedy)
    [step], [back] = remedy.apply, remedy.undo
    assert step.operation == back.operation == "put_bucket_ownership_controls"
    assert (step.arguments, back.arguments) == (ENFORCED, owned("ObjectWriter"))


def test_where_nothing_was_set_undoing_takes_it_away() -> None:
    remedy = proposed({}, granted())
    assert isinstance(remedy, Remedy)
    assert [(step.operation, step.arguments) for step in remedy.undo] == [("delete_bucket_ownership_controls", {})]


def test_nobody_loses_access_that_only_an_acl_gives() -> None:
    said = "the ACL also grants to everyone: move that into the bucket policy first"
    assert proposed(owned("ObjectWriter"), granted("READ")) == said
