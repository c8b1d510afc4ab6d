"""An AutoML job runs in a VPC of ours."""

from holdfast.compliance.checks.job_settings import VPC, in_vpc
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def check(facts: Facts) -> str | None:
    """Fail without subnets; AutoML has no network isolation, so that the VPC is all that holds it."""
    return in_vpc(facts[AUTO_ML].get("SecurityConfig") or {})


CONTROL = Control(
    id="auto_ml_job_in_vpc",
    kind="sagemaker_auto_ml_job",
    title="the AutoML job runs in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=("sample-aiml SM-21",),
    events=(),
    reads=(AUTO_ML,),
    check=check,
)
