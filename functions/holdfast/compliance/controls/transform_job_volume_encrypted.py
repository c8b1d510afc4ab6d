"""The disks of a transform job are encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import VOLUME, volume_encrypted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM


def check(facts: Facts) -> Ruling:
    """Fail without a key for the volume."""
    return volume_encrypted(facts[TRANSFORM].get("TransformResources") or {})


CONTROL = Control(
    id="transform_job_volume_encrypted",
    kind="sagemaker_transform_job",
    title="the volume of the transform job is encrypted with a KMS key",
    severity="medium",
    rationale=VOLUME.rationale,
    advice=VOLUME.advice,
    references=(
        "Prowler sagemaker_transform_job_volume_encrypted_with_cmk",
        "sample-aiml SM-18",
    ),
    events=(),
    reads=(TRANSFORM,),
    check=check,
)
