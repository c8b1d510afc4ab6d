"""An AutoML job cannot run for ever."""

from holdfast.compliance.checks.job_settings import RUNTIME, Runtime, runtime_bounded
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def check(facts: Facts) -> str | None:
    """Fail if it may run longer than allowed; only of tabular data it trains more than one candidate."""
    problems = facts[AUTO_ML].get("AutoMLProblemTypeConfig") or {}
    name = next(iter(problems), "")
    criteria = (problems.get(name) or {}).get("CompletionCriteria") or {}
    seconds = criteria.get("MaxAutoMLJobRuntimeInSeconds")
    if seconds is None and name != "TabularJobConfig":
        seconds = criteria.get("MaxRuntimePerTrainingJobInSeconds")
    return runtime_bounded(seconds, facts.given(Runtime).max_runtime_hours)


CONTROL = Control(
    id="auto_ml_job_max_runtime",
    kind="sagemaker_auto_ml_job",
    title="the AutoML job has a bounded runtime",
    severity="low",
    rationale=RUNTIME.rationale,
    advice=RUNTIME.advice,
    references=(),
    events=(),
    reads=(AUTO_ML,),
    check=check,
    parameters=Runtime,
    optional=True,
)
