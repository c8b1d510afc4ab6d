"""A training job cannot run for ever."""

from holdfast.compliance.checks.job_settings import RUNTIME, Runtime, runtime_bounded
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRAINING


def check(facts: Facts) -> str | None:
    """Fail if it may run longer than allowed; without a bound of its own AWS stops it after a day."""
    stop = facts[TRAINING].get("StoppingCondition") or {}
    return runtime_bounded(stop.get("MaxRuntimeInSeconds"), facts.given(Runtime).max_runtime_hours, 86_400)


CONTROL = Control(
    id="training_job_max_runtime",
    kind="sagemaker_training_job",
    title="the training job has a bounded runtime",
    severity="low",
    rationale=RUNTIME.rationale,
    advice=RUNTIME.advice,
    references=(),
    events=(),
    reads=(TRAINING,),
    check=check,
    parameters=Runtime,
    optional=True,
)
