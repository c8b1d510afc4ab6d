"""An image carries tags."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import IMAGE_TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, IMAGE_TAGS)


CONTROL = Control(
    id="image_tagged",
    kind="sagemaker_image",
    title="the image is tagged",
    severity="low",
    rationale="Without tags nobody knows whose it is, what it costs whom, and which rules hold for it.",
    advice="Add the tags with AddTags.",
    references=("SageMaker.7", "Config sagemaker-image-tagged"),
    events=(),
    reads=(IMAGE_TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
