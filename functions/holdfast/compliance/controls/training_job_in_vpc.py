"""A training job runs in a VPC of ours."""

from holdfast.compliance.checks.job_settings import VPC, in_vpc
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> str | None:
    """Fail without subnets."""
    return in_vpc(facts[TRAINING])


CONTROL = Control(
    id="training_job_in_vpc",
    kind="sagemaker_training_job",
    title="the training job runs in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=("Prowler sagemaker_training_jobs_vpc_settings_configured",),
    events=(),
    reads=(TRAINING,),
    check=check,
)
