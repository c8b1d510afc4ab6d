"""The training jobs of a tuning job run in a VPC of ours."""

from holdfast.compliance.checks.job_settings import VPC, every, in_vpc
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition has no subnets."""
    return every(definitions(facts[TUNING]), in_vpc)


CONTROL = Control(
    id="tuning_job_in_vpc",
    kind="sagemaker_tuning_job",
    title="the training jobs of the tuning job run in a VPC",
    severity="medium",
    rationale=VPC.rationale,
    advice=VPC.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
)
