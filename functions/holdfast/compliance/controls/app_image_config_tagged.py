"""An app image configuration carries tags."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import APP_IMAGE_CONFIG_TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, APP_IMAGE_CONFIG_TAGS)


CONTROL = Control(
    id="app_image_config_tagged",
    kind="sagemaker_app_image_config",
    title="the app image configuration is tagged",
    severity="low",
    rationale="Without tags nobody knows whose it is, what it costs whom, and which rules hold for it.",
    advice="Add the tags with AddTags.",
    references=("SageMaker.6", "Config sagemaker-app-image-config-tagged"),
    events=(),
    reads=(APP_IMAGE_CONFIG_TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
