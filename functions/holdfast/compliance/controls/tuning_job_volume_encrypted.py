"""The disks of a tuning job are encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import VOLUME, every, volume_encrypted
from holdfast.compliance.checks.tuning_definitions import definitions, resources_of
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition has no key for the volume."""
    return every(definitions(facts[TUNING]), lambda job: volume_encrypted(resources_of(job)))


CONTROL = Control(
    id="tuning_job_volume_encrypted",
    kind="sagemaker_tuning_job",
    title="the volumes of the tuning job are encrypted with a KMS key",
    severity="medium",
    rationale=VOLUME.rationale,
    advice=VOLUME.advice,
    references=("sample-aiml SM-19",),
    events=(),
    reads=(TUNING,),
    check=check,
)
