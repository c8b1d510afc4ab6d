"""Spot training loses no work."""

from holdfast.compliance.checks.job_settings import SPOT, spot_resumes
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> Ruling:
    """Fail if it uses spot capacity and keeps no checkpoint."""
    return spot_resumes(facts[TRAINING])


CONTROL = Control(
    id="training_job_spot_checkpoint",
    kind="sagemaker_training_job",
    title="spot training keeps a checkpoint",
    severity="low",
    rationale=SPOT.rationale,
    advice=SPOT.advice,
    references=(),
    events=(),
    reads=(TRAINING,),
    check=check,
    optional=True,
)
