"""No training job of a tuning job can run for ever."""

from holdfast.compliance.checks.job_settings import RUNTIME, Runtime, every, runtime_bounded
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition may run longer than allowed; without a bound of its own AWS stops it after a day."""
    hours = facts.given(Runtime).max_runtime_hours
    return every(definitions(facts[TUNING]), lambda job: _bounded(job, hours))


def _bounded(job: Fact, hours: float) -> str | None:
    stop = job.get("StoppingCondition") or {}
    return runtime_bounded(stop.get("MaxRuntimeInSeconds"), hours, 86_400)


CONTROL = Control(
    id="tuning_job_max_runtime",
    kind="sagemaker_tuning_job",
    title="the training jobs of the tuning job have a bounded runtime",
    severity="low",
    rationale=RUNTIME.rationale,
    advice=RUNTIME.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
    parameters=Runtime,
    optional=True,
)
