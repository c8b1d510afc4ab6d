"""People sign in to Studio as themselves, through IAM Identity Center."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DOMAIN


def check(facts: Facts) -> str | None:
    """Fail unless the domain authenticates with single sign-on."""
    mode = facts[DOMAIN].get("AuthMode")
    return None if mode == "SSO" else f"AuthMode is {mode or 'not set'}, expected SSO"


CONTROL = Control(
    id="domain_sso",
    kind="sagemaker_domain",
    title="the domain uses single sign-on",
    severity="medium",
    rationale="With IAM alone, whoever may assume a role is whoever that role's profile belongs to.",
    advice="Make the domain anew with AuthMode SSO: it cannot be changed.",
    references=("Prowler sagemaker_domain_sso_configured",),
    events=(),
    reads=(DOMAIN,),
    check=check,
    optional=True,
)
