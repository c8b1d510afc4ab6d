"""A compilation job cannot run for ever."""

from holdfast.compliance.checks.job_settings import RUNTIME, Runtime, runtime_bounded
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION


def check(facts: Facts) -> str | None:
    """Fail if it may run longer than allowed."""
    stop = facts[COMPILATION].get("StoppingCondition") or {}
    return runtime_bounded(stop.get("MaxRuntimeInSeconds"), facts.given(Runtime).max_runtime_hours)


CONTROL = Control(
    id="compilation_job_max_runtime",
    kind="sagemaker_compilation_job",
    title="the compilation job has a bounded runtime",
    severity="low",
    rationale=RUNTIME.rationale,
    advice=RUNTIME.advice,
    references=(),
    events=(),
    reads=(COMPILATION,),
    check=check,
    parameters=Runtime,
    optional=True,
)
