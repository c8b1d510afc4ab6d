"""A notebook instance is stopped when the work is done."""

from datetime import timedelta

from pydantic import Field

from holdfast.compliance.checks.costs import costly, monthly
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.sagemaker import NOTEBOOK


class Idle(Parameters):
    """`idleHours` is how long a notebook instance may run without having been stopped or changed."""

    idle_hours: float = Field(default=24, gt=0)


def check(facts: Facts) -> Ruling:
    """Fail if it has run for longer: AWS measures nothing of its use, but starting and stopping change it."""
    notebook, hours = facts[NOTEBOOK], facts.given(Idle).idle_hours
    if "NotebookInstanceStatus" not in notebook:
        return NotApplicable("it does not run yet")
    if notebook["NotebookInstanceStatus"] != "InService":
        return None
    if notebook["LastModifiedTime"] > facts.now - timedelta(hours=hours):
        return None
    name = notebook.get("InstanceType", "its instance")
    cost = monthly(facts.resource.region, [(name, 1)])
    return costly(f"running for more than {hours:g} hours without a stop", cost, of=name)


CONTROL = Control(
    id="notebook_left_running",
    kind="sagemaker_notebook_instance",
    title="the notebook instance is not left running",
    severity="low",
    rationale="A notebook instance is paid for by the hour whether anyone works in it or not.",
    advice="Stop the notebook instance, and give it a lifecycle configuration that stops it when it is idle.",
    references=(),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
    parameters=Idle,
    optional=True,
)
