"""What an access control list grants to S3's two public groups, and whether it has any say.

AWS's definition (S3 user guide, "The meaning of public"): an ACL is public if it grants anything to the predefined
groups AllUsers or AuthenticatedUsers. Object ownership `BucketOwnerEnforced` switches ACLs off.
"""

from typing import Any

from holdfast.compliance.facts import Fact

GROUPS = {"/groups/global/AllUsers": "everyone", "/groups/global/AuthenticatedUsers": "every AWS account"}
READING = frozenset({"READ", "READ_ACP", "FULL_CONTROL"})
WRITING = frozenset({"WRITE", "WRITE_ACP", "FULL_CONTROL"})
ALL = READING | WRITING


def acls_count(ownership: Fact) -> bool:
    """Tell whether ACLs have any say: ownership `BucketOwnerEnforced` switches them off."""
    rules = ownership.get("OwnershipControls", {}).get("Rules", [])
    return not any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules)


def public_acl(acl: Fact, permissions: frozenset[str] = ALL) -> str | None:
    """Say what an ACL grants to S3's two public groups, of these permissions, if anything."""
    granted = {
        f"{who} {grant.get('Permission')}"
        for grant in acl.get("Grants", [])
        if (who := _public(grant)) is not None and grant.get("Permission") in permissions
    }
    return f"the ACL grants {', '.join(sorted(granted))}" if granted else None


def others(acl: Fact) -> list[str]:
    """Name those to whom an ACL grants something besides the owner."""
    owner = acl.get("Owner", {}).get("ID")
    return sorted({_grantee(grant) for grant in acl.get("Grants", []) if not _is_owner(grant, owner)})


def _public(grant: dict[str, Any]) -> str | None:
    uri = grant.get("Grantee", {}).get("URI") or ""
    return next((who for group, who in GROUPS.items() if uri.endswith(group)), None)


def _is_owner(grant: dict[str, Any], owner: str | None) -> bool:
    return owner is not None and grant.get("Grantee", {}).get("ID") == owner


def _grantee(grant: dict[str, Any]) -> str:
    grantee = grant.get("Grantee", {})
    return _public(grant) or str(grantee.get("URI") or grantee.get("ID") or grantee.get("EmailAddress") or "someone")
