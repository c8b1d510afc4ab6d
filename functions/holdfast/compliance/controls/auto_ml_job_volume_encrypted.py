"""The disks of an AutoML job are encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import VOLUME, volume_encrypted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def check(facts: Facts) -> Ruling:
    """Fail without a key for the volume."""
    return volume_encrypted(facts[AUTO_ML].get("SecurityConfig") or {})


CONTROL = Control(
    id="auto_ml_job_volume_encrypted",
    kind="sagemaker_auto_ml_job",
    title="the volume of the AutoML job is encrypted with a KMS key",
    severity="medium",
    rationale=VOLUME.rationale,
    advice=VOLUME.advice,
    references=(),
    events=(),
    reads=(AUTO_ML,),
    check=check,
)
