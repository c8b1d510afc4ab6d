"""A transform job runs in a VPC of ours: that of its model."""

from holdfast.compliance.checks.job_settings import VPC, in_vpc
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM_MODEL


def check(facts: Facts) -> str | None:
    """Fail if its model has no subnets: a transform job has no network settings of its own."""
    return in_vpc(facts[TRANSFORM_MODEL])


CONTROL = Control(
    id="transform_job_in_vpc",
    kind="sagemaker_transform_job",
    title="the transform job's model runs in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=(),
    events=(),
    reads=(TRANSFORM_MODEL,),
    check=check,
    optional=True,
)
