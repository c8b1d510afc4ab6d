"""Studio talks through our VPC alone."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DOMAIN


def check(facts: Facts) -> str | None:
    """Fail unless all traffic goes through the VPC; the default lets it into the internet."""
    access = facts[DOMAIN].get("AppNetworkAccessType") or "PublicInternetOnly"
    return None if access == "VpcOnly" else f"AppNetworkAccessType is {access}, expected VpcOnly"


CONTROL = Control(
    id="domain_vpc_only",
    kind="sagemaker_domain",
    title="the domain's traffic goes through our VPC only",
    severity="high",
    rationale="Otherwise Studio's apps reach the internet past every rule and log of our network.",
    advice="Stop the domain's apps and update the domain to AppNetworkAccessType VpcOnly.",
    references=("Config sagemaker-domain-in-vpc", "Prowler sagemaker_domain_vpc_only_enabled"),
    events=(),
    reads=(DOMAIN,),
    check=check,
    optional=True,
)
