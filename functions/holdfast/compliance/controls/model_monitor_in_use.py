"""Something in this Region is monitored."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_region import SCHEDULES


def check(facts: Facts) -> str | None:
    """Fail unless at least one monitoring schedule of this Region is active."""
    statuses = facts[SCHEDULES].get("Statuses", [])
    if "Scheduled" in statuses:
        return None
    return f"no monitoring schedule is active: {', '.join(statuses)}" if statuses else "there is no monitoring schedule"


CONTROL = Control(
    id="model_monitor_in_use",
    kind="aws_account",
    title="a monitoring schedule is active",
    severity="medium",
    rationale="A model that nobody watches goes wrong unseen.",
    advice="Capture an endpoint's data and make a monitoring schedule for it.",
    references=("Prowler sagemaker_models_monitor_enabled",),
    events=(),
    reads=(SCHEDULES,),
    check=check,
    optional=True,
)
