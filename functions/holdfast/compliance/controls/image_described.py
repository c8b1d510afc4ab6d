"""An image says what it is."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import IMAGE


def check(facts: Facts) -> str | None:
    """Fail without a description, or with an empty one."""
    return missing(facts[IMAGE], "Description")


CONTROL = Control(
    id="image_described",
    kind="sagemaker_image",
    title="the image has a description",
    severity="low",
    rationale="An image that nobody can explain is run because it is there.",
    advice="Set the description with UpdateImage.",
    references=("Config sagemaker-image-description",),
    events=(),
    reads=(IMAGE,),
    check=check,
    optional=True,
)
