"""The disks of a processing job are encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import VOLUME, volume_encrypted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def check(facts: Facts) -> Ruling:
    """Fail without a key for the volume."""
    resources = facts[PROCESSING].get("ProcessingResources") or {}
    return volume_encrypted(resources.get("ClusterConfig") or {})


CONTROL = Control(
    id="processing_job_volume_encrypted",
    kind="sagemaker_processing_job",
    title="the volume of the processing job is encrypted with a KMS key",
    severity="medium",
    rationale=VOLUME.rationale,
    advice=VOLUME.advice,
    references=(
        "Prowler sagemaker_processing_job_volume_encrypted_with_cmk",
        "sample-aiml SM-17",
    ),
    events=(),
    reads=(PROCESSING,),
    check=check,
)
