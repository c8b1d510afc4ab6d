from typing import Any

import pytest

from holdfast.compliance.controls.public_objects import CONTROL
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK, OWNERSHIP
from holdfast.compliance.reads.s3_objects import OBJECTS, acl_of
from tests.unit.compliance.access.closed import ENFORCED, UNREAD, block, granted
from tests.unit.compliance.look import look


def bucket(*acls: Fact | Unread, **changed: Any) -> dict[Read, Fact | Unread]:
    listed = {"Contents": [{"Key": f"{number:04}"} for number in range(len(acls))]} if acls else {"KeyCount": 0}
    facts: dict[Read, Fact | Unread] = {OWNERSHIP: {}, BLOCK: {}, ACCOUNT_BLOCK: {}, OBJECTS: listed}
    return facts | {acl_of(f"{number:04}"): acl for number, acl in enumerate(acls)}


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_a_public_object_is_named(group: str) -> None:
    found = look(CONTROL, bucket(granted(), granted("READ", group=group)))
    assert found == ("fail", "1 of 2 objects looked at are public: '0001'")


def test_private_objects_and_no_objects_comply() -> None:
    assert look(CONTROL, bucket(granted(), {})) == ("pass", CONTROL.title)
    assert look(CONTROL, bucket()) == ("pass", CONTROL.title)


def test_only_a_sample_is_looked_at_spread_over_the_bucket() -> None:
    unread = bucket(*[UNREAD] * 100)
    known = {acl_of(f"{number:04}"): granted() for number in (0, 50)}
    assert look(CONTROL, {**unread, **known}, sampleSize=2)[0] == "pass"
    assert look(CONTROL, {**unread, **known}, sample_size=3)[0] == "unknown"


def test_where_acls_count_for_nothing_none_is_read() -> None:
    nothing = {BLOCK: {}, ACCOUNT_BLOCK: {}, OWNERSHIP: {}, OBJECTS: UNREAD}
    assert look(CONTROL, nothing)[0] == "unknown"
    for change in (
        {OWNERSHIP: ENFORCED},
        {BLOCK: block("IgnorePublicAcls")},
        {ACCOUNT_BLOCK: block("IgnorePublicAcls")},
    ):
        assert look(CONTROL, {**nothing, **change})[0] == "pass"


def test_one_that_is_public_fails_although_another_is_not_readable() -> None:
    assert look(CONTROL, bucket(UNREAD, granted("READ")))[0] == "fail"
    assert look(CONTROL, bucket(UNREAD, granted())) == ("unknown", UNREAD.reason)
