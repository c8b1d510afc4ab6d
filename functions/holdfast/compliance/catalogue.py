"""Every control and every kind of resource, found once."""

from functools import cache

from holdfast.compliance import controls, kinds
from holdfast.compliance.control import Control
from holdfast.compliance.kind import Kind
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ConfigurationError

BY_TAG = frozenset({"AddTags", "DeleteTags"})
SPELLINGS = (
    ("PutBucketPublicAccessBlock", "PutPublicAccessBlock"),
    ("DeleteBucketPublicAccessBlock", "DeletePublicAccessBlock"),
    ("PutBucketLifecycle", "PutBucketLifecycleConfiguration"),
    ("PutBucketNotification", "PutBucketNotificationConfiguration"),
    ("PutBucketObjectLockConfiguration", "PutObjectLockConfiguration"),
    ("CreateAutoMLJob", "CreateAutoMLJobV2"),
)
"""Calls that are told of in two ways: CloudTrail's and the API's."""


@cache
def every_kind() -> dict[str, Kind]:
    """Give the kinds by their ids."""
    return discover(kinds, Kind)


@cache
def every_control() -> dict[str, Control]:
    """Give the controls by their ids; raises `ConfigurationError` if one is of a kind that there is not."""
    found = discover(controls, Control)
    if lost := sorted(control.id for control in found.values() if control.kind not in every_kind()):
        raise ConfigurationError(f"controls of no kind of resource: {', '.join(lost)}")
    return found


@cache
def controls_of(kind: str) -> tuple[Control, ...]:
    """Give the controls of one kind, in the order of their ids."""
    return tuple(control for control in every_control().values() if control.kind == kind)


@cache
def events_of(kind: str) -> frozenset[str]:
    """Name every call that makes resources of this kind worth another look, in either spelling."""
    own = every_kind()[kind]
    tags = BY_TAG if own.tagged_as is not None else frozenset[str]()
    named = {name for control in controls_of(kind) for name in control.events}
    found = {*own.events, *own.named_otherwise, *own.rejudges, *named, *tags}
    return frozenset(found.union(*(pair for pair in SPELLINGS if not found.isdisjoint(pair))))
