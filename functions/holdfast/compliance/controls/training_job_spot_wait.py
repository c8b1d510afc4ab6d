"""Spot training does not wait for ever."""

from holdfast.compliance.checks.job_settings import WAIT, Wait, spot_wait_bounded
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> Ruling:
    """Fail if it may wait and run longer than allowed."""
    return spot_wait_bounded(facts[TRAINING], facts.given(Wait).max_wait_hours)


CONTROL = Control(
    id="training_job_spot_wait",
    kind="sagemaker_training_job",
    title="spot training has a bounded wait",
    severity="low",
    rationale=WAIT.rationale,
    advice=WAIT.advice,
    references=(),
    events=(),
    reads=(TRAINING,),
    check=check,
    parameters=Wait,
    optional=True,
)
