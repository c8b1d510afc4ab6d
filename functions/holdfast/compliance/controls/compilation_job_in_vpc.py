"""A compilation job runs in a VPC of ours."""

from holdfast.compliance.checks.job_settings import VPC, in_vpc
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION


def check(facts: Facts) -> str | None:
    """Fail without subnets."""
    return in_vpc(facts[COMPILATION])


CONTROL = Control(
    id="compilation_job_in_vpc",
    kind="sagemaker_compilation_job",
    title="the compilation job runs in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=(),
    events=(),
    reads=(COMPILATION,),
    check=check,
    optional=True,
)
