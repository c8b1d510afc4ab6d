"""The disks of a training job are encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import VOLUME, volume_encrypted
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> Ruling:
    """Fail without a key for the volume; a serverless job has no instances of ours."""
    job = facts[TRAINING]
    if "ServerlessJobConfig" in job and "ResourceConfig" not in job:
        return NotApplicable("it is serverless: it has no volume of ours")
    return volume_encrypted(job.get("ResourceConfig") or {})


CONTROL = Control(
    id="training_job_volume_encrypted",
    kind="sagemaker_training_job",
    title="the volume of the training job is encrypted with a KMS key",
    severity="medium",
    rationale=VOLUME.rationale,
    advice=VOLUME.advice,
    references=("Prowler sagemaker_training_jobs_volume_and_output_encryption_enabled",),
    events=(),
    reads=(TRAINING,),
    check=check,
)
