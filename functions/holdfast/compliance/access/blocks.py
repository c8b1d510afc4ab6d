"""Public access blocks: what they take away from what policy and ACL grant.

AWS's words (S3 user guide, "Blocking public access"): IgnorePublicAcls and RestrictPublicBuckets take access away that
was granted; BlockPublicAcls and BlockPublicPolicy refuse new grants and leave old ones in force. Of bucket and account
the stricter holds.
"""

from holdfast.compliance.access.doubt import some
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def blocks(fact: Fact, setting: str) -> bool:
    """Tell whether one of the four settings of a public access block is on; templates also write it as text."""
    return str(fact.get("PublicAccessBlockConfiguration", {}).get(setting)).lower() == "true"


def off(fact: Fact) -> list[str]:
    """Name the settings that are not on."""
    return [setting for setting in SETTINGS if not blocks(fact, setting)]


def is_in_force(facts: Facts, setting: str) -> bool:
    """Tell whether a setting holds for a bucket, by its own block or by its account's."""
    return some((BLOCK, ACCOUNT_BLOCK), lambda read: blocks(facts[read], setting))
