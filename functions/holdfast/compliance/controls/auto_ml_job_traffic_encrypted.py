"""The containers of an AutoML job talk in secret."""

from holdfast.compliance.checks.job_settings import TRAFFIC, is_on
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def check(facts: Facts) -> str | None:
    """Fail unless it is on; AutoML chooses the instances, and their number, itself."""
    security = facts[AUTO_ML].get("SecurityConfig") or {}
    on = is_on(security.get("EnableInterContainerTrafficEncryption"))
    return None if on else "traffic between containers is not encrypted"


CONTROL = Control(
    id="auto_ml_job_traffic_encrypted",
    kind="sagemaker_auto_ml_job",
    title="traffic between the containers of the AutoML job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=(),
    events=(),
    reads=(AUTO_ML,),
    check=check,
)
