"""The containers of scheduled monitoring cannot call out."""

from holdfast.compliance.checks.definitions import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_linked import SCHEDULED_DEFINITION


def check(facts: Facts) -> str | None:
    """Fail unless the job definition that the schedule holds or names says so."""
    return isolated(facts[SCHEDULED_DEFINITION])


CONTROL = Control(
    id="monitoring_isolated",
    kind="sagemaker_monitoring_schedule",
    title="scheduled monitoring is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("SageMaker.14", "Config sagemaker-monitoring-schedule-isolation"),
    events=(),
    reads=(SCHEDULED_DEFINITION,),
    check=check,
)
