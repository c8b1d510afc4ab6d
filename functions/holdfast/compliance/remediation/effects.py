"""What a call makes of a setting, and whether a setting shows it: pure."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from holdfast.compliance.facts import Fact, Read
from holdfast.compliance.remediation.entries import Change, PlannedCall
from holdfast.shared.errors import ContractError

SETTINGS = {
    "put_bucket_acl": "get_bucket_acl",
    "put_bucket_encryption": "get_bucket_encryption",
    "delete_bucket_encryption": "get_bucket_encryption",
    "put_bucket_lifecycle_configuration": "get_bucket_lifecycle_configuration",
    "delete_bucket_lifecycle": "get_bucket_lifecycle_configuration",
    "put_bucket_logging": "get_bucket_logging",
    "put_bucket_notification_configuration": "get_bucket_notification_configuration",
    "put_bucket_ownership_controls": "get_bucket_ownership_controls",
    "delete_bucket_ownership_controls": "get_bucket_ownership_controls",
    "put_bucket_policy": "get_bucket_policy",
    "delete_bucket_policy": "get_bucket_policy",
    "put_bucket_replication": "get_bucket_replication",
    "delete_bucket_replication": "get_bucket_replication",
    "put_bucket_tagging": "get_bucket_tagging",
    "delete_bucket_tagging": "get_bucket_tagging",
    "put_bucket_versioning": "get_bucket_versioning",
    "put_object_lock_configuration": "get_object_lock_configuration",
    "put_public_access_block": "get_public_access_block",
    "delete_public_access_block": "get_public_access_block",
}
"""The calls that a remediation may make, each with the one that reads what it changes: settings only, never objects."""
NAMED_ALIKE = frozenset(
    {
        "ObjectLockConfiguration", "OwnershipControls", "Policy", "PublicAccessBlockConfiguration",
        "ReplicationConfiguration", "ServerSideEncryptionConfiguration",
    }
)  # fmt: skip
"""Arguments that the answer names by the same word; of the others it gives what is in them."""
SCALARS = frozenset({"Policy", "TransitionDefaultMinimumObjectSize"})
PRIVATE, SSE_S3 = "private", "AES256"


def plain(value: Any) -> Any:
    """Give a fact as JSON keeps it."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def read_of(call: PlannedCall, reads: Iterable[Read]) -> Read:
    """Find the fact that shows what a call changed; raises `ContractError` if the control reads none."""
    if (getter := SETTINGS.get(call.operation)) is None:
        raise ContractError(f"{call.operation} is no call that a remediation may make")
    for read in reads:
        if any(asked.service == "s3" and asked.operation == getter for asked in read.calls):
            return read
    raise ContractError(f"{call.operation} changes what nobody reads back: expected {getter} among the reads")


def wanted(call: PlannedCall) -> Fact:
    """Give the setting as S3 tells it once a call is made."""
    found: Fact = {}
    for name, value in call.arguments.items():
        if name in NAMED_ALIKE or name in SCALARS:
            found[name] = value
        elif isinstance(value, Mapping):
            found |= value
    return found


def shows(call: PlannedCall, fact: Fact) -> bool:
    """Tell whether a setting is what a call makes of it; S3 may add defaults of its own."""
    if call.arguments.get("ACL") == PRIVATE:
        owner = fact.get("Owner", {}).get("ID")
        return all(grant.get("Grantee", {}).get("ID") == owner for grant in fact.get("Grants", []))
    if call.operation == "delete_bucket_encryption":
        return _algorithms(fact) <= {SSE_S3}
    expected = wanted(call)
    return _holds(_legible(fact), _legible(expected)) if expected else not fact


def change_of(call: PlannedCall, before: Fact) -> Change:
    """Put a setting before and after a call side by side, policies as what they say."""
    setting = SETTINGS[call.operation].removeprefix("get_")
    return Change(setting=setting, before=_legible(before), after=_legible(wanted(call)))


def _algorithms(fact: Fact) -> set[str]:
    """Name the default encryption; a bucket without any returns to SSE-S3."""
    rules = fact.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return {rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", SSE_S3) for rule in rules}


def _legible(fact: Fact) -> Fact:
    """Read the policy in a fact, so that its spelling makes no difference."""
    if not isinstance(text := fact.get("Policy"), str):
        return fact
    try:
        return {**fact, "Policy": json.loads(text)}
    except (ValueError, RecursionError):
        return fact


def _holds(found: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(_holds(found.get(key), part) for key, part in expected.items())
    if isinstance(expected, list):
        same = isinstance(found, list) and len(found) == len(expected)
        return same and all(any(_holds(one, part) for one in found) for part in expected)
    return bool(found == expected)
