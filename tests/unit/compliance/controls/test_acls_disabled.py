from typing import Any

import pytest

from holdfast.compliance.controls.acls_disabled import CONTROL

EVERYONE = {
    "Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
    "Permission": "READ",
}
OWNER = {"Grantee": {"Type": "CanonicalUser", "ID": "0" * 64}, "Permission": "FULL_CONTROL"}


def facts(ownership: str | None, *grants: dict[str, Any]) -> dict[str, Any]:
    controls = {} if ownership is None else {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}
    return {"get_bucket_ownership_controls": controls, "get_bucket_acl": {"Grants": [OWNER, *grants]}}


def test_the_owner_enforced_switches_acls_off_whatever_they_say() -> None:
    assert CONTROL.check(facts("BucketOwnerEnforced", EVERYONE)) is None


@pytest.mark.parametrize("ownership", ["BucketOwnerPreferred", "ObjectWriter", None])
def test_any_other_ownership_leaves_them_in_use(ownership: str | None) -> None:
    assert CONTROL.check(facts(ownership)) == "ACLs are in use: ownership is not BucketOwnerEnforced"


def test_a_grant_to_the_public_is_named() -> None:
    assert CONTROL.check(facts("ObjectWriter", EVERYONE)) == "ACLs are in use, and the ACL grants everyone READ"
