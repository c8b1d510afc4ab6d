"""Spot training of a tuning job does not wait for ever."""

from holdfast.compliance.checks.job_settings import WAIT, Wait, every, spot_wait_bounded
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition may wait and run longer than allowed."""
    hours = facts.given(Wait).max_wait_hours
    return every(definitions(facts[TUNING]), lambda job: spot_wait_bounded(job, hours))


CONTROL = Control(
    id="tuning_job_spot_wait",
    kind="sagemaker_tuning_job",
    title="spot training of the tuning job has a bounded wait",
    severity="low",
    rationale=WAIT.rationale,
    advice=WAIT.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
    parameters=Wait,
    optional=True,
)
