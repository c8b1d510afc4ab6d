"""The container of a training job cannot call out."""

from holdfast.compliance.checks.job_settings import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[TRAINING])


CONTROL = Control(
    id="training_job_isolated",
    kind="sagemaker_training_job",
    title="the training job is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("Prowler sagemaker_training_jobs_network_isolation_enabled",),
    events=(),
    reads=(TRAINING,),
    check=check,
)
