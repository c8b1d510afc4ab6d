"""Somebody looks for bias in the models of this Region."""

from holdfast.compliance.control import Control, Ruling, Undecided
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_region import CLARIFY_JOB


def check(facts: Facts) -> Ruling:
    """Fail if no processing job ran the image of SageMaker Clarify."""
    found = facts[CLARIFY_JOB]
    if found.get("Job"):
        return None
    if not found.get("IsAll"):
        return Undecided(f"none among the newest {found.get('Looked')} processing jobs; older ones were not read")
    return "no processing job in this Region ran SageMaker Clarify"


CONTROL = Control(
    id="clarify_in_use",
    kind="aws_account",
    title="a SageMaker Clarify job exists",
    severity="low",
    rationale="Bias that nobody looks for is found by those it harms.",
    advice="Run a SageMaker Clarify processing job on the data and the model before it is approved.",
    references=("Prowler sagemaker_clarify_exists",),
    events=(),
    reads=(CLARIFY_JOB,),
    check=check,
    optional=True,
)
