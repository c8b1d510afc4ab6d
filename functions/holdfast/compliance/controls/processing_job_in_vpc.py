"""A processing job runs in a VPC of ours."""

from holdfast.compliance.checks.job_settings import VPC, in_vpc
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def check(facts: Facts) -> str | None:
    """Fail without subnets."""
    return in_vpc(facts[PROCESSING].get("NetworkConfig") or {})


CONTROL = Control(
    id="processing_job_in_vpc",
    kind="sagemaker_processing_job",
    title="the processing job runs in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=(),
    events=(),
    reads=(PROCESSING,),
    check=check,
)
