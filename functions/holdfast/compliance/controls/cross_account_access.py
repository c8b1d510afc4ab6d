"""The bucket policy lets in nobody of an account that one does not trust."""

from pydantic import AliasChoices, Field

from holdfast.compliance.access.openings import policy_of
from holdfast.compliance.access.standards import POLICY_CHANGES
from holdfast.compliance.access.strangers import Trust, foreign_grants
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import ACL, POLICY


class Trusted(Parameters):
    """Whom one trusts besides the bucket's own account; where no organisation or network is named, any fixed one is."""

    trusted_accounts: Listed = Field(
        default=(),
        validation_alias=AliasChoices(
            "trusted_accounts", "trustedAccounts", "trusted_account_ids", "trustedAccountIds"
        ),
    )
    trusted_orgs: Listed = ()
    trusted_vpcs: Listed = ()
    trusted_vpces: Listed = ()


def check(facts: Facts) -> str | None:
    """Fail if a statement lets in a principal of another account and nothing keeps it to those one trusts."""
    given = facts.given(Trusted)
    trust = Trust(
        accounts=frozenset({facts.resource.account, *given.trusted_accounts}),
        orgs=frozenset(given.trusted_orgs), vpcs=frozenset(given.trusted_vpcs), vpces=frozenset(given.trusted_vpces),
        owner=lambda: facts[ACL].get("Owner", {}).get("ID"),
    )  # fmt: skip
    found = foreign_grants(policy_of(facts), trust, facts.resource.name)
    return f"other accounts get in by policy statement {', '.join(one.name for one in found)}" if found else None


CONTROL = Control(
    id="cross_account_access",
    kind="s3_bucket",
    title="no other account gets in by the bucket policy",
    severity="high",
    rationale="Whoever controls the other account decides who of it reads or changes the data.",
    advice="Name principals of your own account, or add the account, organisation or VPC endpoint to those you trust.",
    references=("Prowler s3_bucket_cross_account_access",),
    events=POLICY_CHANGES,
    reads=(POLICY, ACL),
    check=check,
    parameters=Trusted,
    optional=True,
)
