"""No other account may change who gets in, or how the bucket is protected."""

from pydantic import AliasChoices, Field

from holdfast.compliance.access.openings import policy_of
from holdfast.compliance.access.standards import POLICY_CHANGES
from holdfast.compliance.access.strangers import Trust, foreign_grants_in_any_case
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import ACL, POLICY
from holdfast.compliance.standards import nist

PATTERNS = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)


class Denied(Parameters):
    """The actions that no other account may have."""

    blacklisted_action_patterns: Listed = Field(
        default=PATTERNS,
        validation_alias=AliasChoices(
            "blacklistedActionPatterns", "blacklisted_action_patterns", "blacklistedactionpatterns",
            "blacklistedActionPattern", "blacklisted_action_pattern",
        ),
    )  # fmt: skip


def check(facts: Facts) -> str | None:
    """Fail if a statement lets a principal of another account do any of them, on whatever conditions."""
    patterns = facts.given(Denied).blacklisted_action_patterns
    trust = Trust(
        accounts=frozenset({facts.resource.account}), owner=lambda: facts[ACL].get("Owner", {}).get("ID")
    )  # fmt: skip
    found = foreign_grants_in_any_case(
        policy_of(facts), trust, facts.resource.name, [pattern.lower() for pattern in patterns]
    )
    if not found:
        return None
    return f"other accounts may change the bucket by policy statement {', '.join(one.name for one in found)}"


CONTROL = Control(
    id="foreign_administration",
    kind="s3_bucket",
    title="no other account may change the bucket's policy, ACLs or encryption",
    severity="high",
    rationale="An account that may change the policy may give itself, and anyone else, everything.",
    advice="Remove these actions, and wildcards that mean them, from the statements that name other accounts.",
    references=(
        "FSBP S3.6",
        "Config s3-bucket-blacklisted-actions-prohibited",
        *nist("CA-9(1) CM-2"),
    ),
    events=POLICY_CHANGES,
    reads=(POLICY, ACL),
    check=check,
    parameters=Denied,
)
