"""Buckets as moto makes them, with nothing set, and what is then set on them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.conformance.case import ACCOUNT, REGION, Stage, State

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
ANY_ACCOUNT = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
BOTH = ["{arn}", "{arn}/*"]
Statement = dict[str, Any]


def statement(effect: str, action: Any, principal: Any = "*", resource: Any = None, **more: Any) -> Statement:
    """Write a statement; `{arn}` stands for the bucket's ARN."""
    who = {} if principal is None else {"Principal": principal}
    what = {} if action is None else {"Action": action}
    return {"Effect": effect, **who, **what, "Resource": resource or BOTH, **more}


def allow(action: Any, principal: Any = "*", resource: Any = None, **more: Any) -> Statement:
    """Write a statement that allows."""
    return statement("Allow", action, principal, resource, **more)


def deny(action: Any, principal: Any = "*", resource: Any = None, **more: Any) -> Statement:
    """Write a statement that denies."""
    return statement("Deny", action, principal, resource, **more)


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    """Write one condition."""
    return {"Condition": {operator: {key: value}}}


def blocks(*on: str) -> dict[str, bool]:
    """Write a public access block with these settings on."""
    return {setting: setting in on for setting in SETTINGS}


def grants(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    """Write the grants of an ACL to groups."""
    return [{"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission} for uri, permission in pairs]


def put_policy(stage: Stage, name: str, statements: Any) -> None:
    """Put a policy of these statements on a bucket."""
    text = json.dumps({"Version": "2012-10-17", "Statement": statements}).replace("{arn}", f"arn:aws:s3:::{name}")
    stage.client("s3").put_bucket_policy(Bucket=name, Policy=text)


def create(stage: Stage, name: str, region: str = REGION, **more: Any) -> None:
    """Create a bucket in a Region."""
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    stage.client("s3", region).create_bucket(Bucket=name, **where, **more)


def bucket(
    *statements: Statement,
    policy: Any = None,
    acl: str | Sequence[dict[str, Any]] | None = None,
    block: Mapping[str, bool] | None = None,
    ownership: str | None = None,
    **settings: Any,
) -> State:
    """Make a bucket with what is said here; `settings` are operations of S3 with their arguments, in this order."""

    def state(stage: Stage, name: str) -> None:
        s3 = stage.client("s3")
        create(stage, name, **settings.pop("creation", {}) if "creation" in settings else {})
        if statements or policy is not None:
            put_policy(stage, name, policy if policy is not None else list(statements))
        if isinstance(acl, str):
            s3.put_bucket_acl(Bucket=name, ACL=acl)
        elif acl is not None:
            owner = s3.get_bucket_acl(Bucket=name)["Owner"]
            own = {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}
            s3.put_bucket_acl(Bucket=name, AccessControlPolicy={"Owner": owner, "Grants": [own, *acl]})
        if block is not None:
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict(block))
        if ownership is not None:
            rules = {"Rules": [{"ObjectOwnership": ownership}]}
            s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=rules)
        for operation, arguments in settings.items():
            getattr(s3, operation)(Bucket=name, **arguments)

    return state


def refused(operation: str, code: str, state: State) -> State:
    """Set a bucket up and let one operation on it be refused with a code."""

    def refusing(stage: Stage, name: str) -> str | None:
        found = state(stage, name)
        stage.play(operation, name, code)
        return found

    return refusing


def account_block(**on: bool) -> Any:
    """Give the account a public access block."""

    def world(stage: Stage) -> None:
        settings = {setting: on.get(setting, True) for setting in SETTINGS}
        stage.client("s3control").put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=settings
        )  # fmt: skip

    return world
