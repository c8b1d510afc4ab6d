"""The containers of scheduled monitoring speak to each other encrypted."""

from holdfast.compliance.checks.definitions import TRAFFIC, traffic_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_linked import SCHEDULED_DEFINITION


def check(facts: Facts) -> str | None:
    """Fail unless the job definition that the schedule holds or names says so."""
    return traffic_encrypted(facts[SCHEDULED_DEFINITION])


CONTROL = Control(
    id="monitoring_traffic_encrypted",
    kind="sagemaker_monitoring_schedule",
    title="traffic between the containers of scheduled monitoring is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("SageMaker.22", "Config sagemaker-monitoring-schedule-traffic-encryption"),
    events=(),
    reads=(SCHEDULED_DEFINITION,),
    check=check,
)
