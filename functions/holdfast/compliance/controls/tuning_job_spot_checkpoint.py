"""Spot training of a tuning job loses no work."""

from holdfast.compliance.checks.job_settings import SPOT, every, spot_resumes
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition uses spot capacity and keeps no checkpoint."""
    return every(definitions(facts[TUNING]), spot_resumes)


CONTROL = Control(
    id="tuning_job_spot_checkpoint",
    kind="sagemaker_tuning_job",
    title="spot training of the tuning job keeps a checkpoint",
    severity="low",
    rationale=SPOT.rationale,
    advice=SPOT.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
    optional=True,
)
