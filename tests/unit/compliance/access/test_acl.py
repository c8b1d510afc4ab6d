from typing import Any

import pytest

from holdfast.compliance.access.acl import READING, WRITING, acls_count, others, public_acl

GROUP = "http://acs.amazonaws.com/groups/global/"
OWNER = {"ID": "a" * 64}


def acl(*grants: tuple[str, str]) -> dict[str, Any]:
    own = {"Grantee": {"Type": "CanonicalUser", **OWNER}, "Permission": "FULL_CONTROL"}
    given = [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission} for uri, permission in grants]
    return {"Owner": OWNER, "Grants": [own, *given]}


@pytest.mark.parametrize("ownership", ["ObjectWriter", "BucketOwnerPreferred", None])
def test_acls_count_unless_the_owner_is_enforced(ownership: str | None) -> None:
    rules = [] if ownership is None else [{"ObjectOwnership": ownership}]
    assert acls_count({"OwnershipControls": {"Rules": rules}} if rules else {})
    assert not acls_count({"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}})


def test_both_groups_of_s3_are_the_public() -> None:
    found = public_acl(acl((f"{GROUP}AllUsers", "READ"), (f"{GROUP}AuthenticatedUsers", "WRITE")))
    assert found == "the ACL grants every AWS account WRITE, everyone READ"


def test_the_owner_and_the_log_delivery_group_are_not() -> None:
    assert public_acl(acl(("http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE"))) is None
    assert public_acl({}) is None


@pytest.mark.parametrize(
    ("permission", "reads", "writes"),
    [
        ("READ", True, False),
        ("READ_ACP", True, False),
        ("WRITE", False, True),
        ("WRITE_ACP", False, True),
        ("FULL_CONTROL", True, True),
    ],
)
def test_reading_is_told_from_writing(permission: str, reads: bool, writes: bool) -> None:
    granted = acl((f"{GROUP}AllUsers", permission))
    assert (public_acl(granted, READING) is not None, public_acl(granted, WRITING) is not None) == (reads, writes)


def test_whoever_is_not_the_owner_is_another() -> None:
    log = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    assert others(acl()) == []
    assert others(acl((f"{GROUP}AllUsers", "READ"), (log, "WRITE"))) == ["everyone", log]
