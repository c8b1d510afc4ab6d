"""The containers of a training job talk in secret."""

from holdfast.compliance.checks.job_settings import TRAFFIC, Distributed, traffic_encrypted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> Ruling:
    """Fail unless it is on, with one instance too, as long as nothing else is asked for."""
    job = facts[TRAINING]
    return traffic_encrypted(job, job.get("ResourceConfig") or {}, facts.given(Distributed).distributed_only)


CONTROL = Control(
    id="training_job_traffic_encrypted",
    kind="sagemaker_training_job",
    title="traffic between the containers of the training job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("Prowler sagemaker_training_jobs_intercontainer_encryption_enabled",),
    events=(),
    reads=(TRAINING,),
    check=check,
    parameters=Distributed,
)
