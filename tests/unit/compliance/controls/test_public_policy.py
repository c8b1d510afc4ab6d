import json
from typing import Any

import pytest

from holdfast.compliance.controls.public_policy import CONTROL

OPEN = {
    "Sid": "Share",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::data/*",
}
EVERYONE = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
SAID = "policy statement 'Share' lets anyone s3:getobject"


def facts(**changed: dict[str, Any]) -> dict[str, Any]:
    return {
        "get_bucket_policy": {"Policy": json.dumps({"Statement": [OPEN]})},
        "get_public_access_block": {},
        "account_get_public_access_block": {},
        "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "get_bucket_acl": {"Grants": []},
        **changed,
    }


def block(setting: str) -> dict[str, Any]:
    return {"PublicAccessBlockConfiguration": {setting: True}}


def test_an_open_policy_is_named_with_what_it_opens() -> None:
    assert CONTROL.check(facts()) == SAID


@pytest.mark.parametrize("level", ["get_public_access_block", "account_get_public_access_block"])
def test_restricting_public_buckets_closes_it_at_either_level(level: str) -> None:
    assert CONTROL.check(facts(**{level: block("RestrictPublicBuckets")})) is None


@pytest.mark.parametrize("setting", ["BlockPublicPolicy", "BlockPublicAcls", "IgnorePublicAcls"])
def test_the_other_settings_leave_an_old_policy_in_force(setting: str) -> None:
    assert CONTROL.check(facts(get_public_access_block=block(setting))) == SAID


def test_no_policy_opens_nothing() -> None:
    assert CONTROL.check(facts(get_bucket_policy={})) is None


def test_an_acl_opens_the_bucket_while_acls_count() -> None:
    acl = {"get_bucket_policy": {}, "get_bucket_acl": {"Grants": [EVERYONE]}}
    assert CONTROL.check(facts(**acl)) is None
    acl["get_bucket_ownership_controls"] = {}
    assert CONTROL.check(facts(**acl)) == "the ACL grants everyone READ"
    assert CONTROL.check(facts(**acl, account_get_public_access_block=block("BlockPublicAcls"))) is not None
    assert CONTROL.check(facts(**acl, account_get_public_access_block=block("IgnorePublicAcls"))) is None


def test_both_ways_in_are_told() -> None:
    both = facts(get_bucket_ownership_controls={}, get_bucket_acl={"Grants": [EVERYONE]})
    assert CONTROL.check(both) == f"{SAID}; the ACL grants everyone READ"
