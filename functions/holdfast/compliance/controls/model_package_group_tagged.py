"""A model package group carries tags."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import PACKAGE_GROUP_TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, PACKAGE_GROUP_TAGS)


CONTROL = Control(
    id="model_package_group_tagged",
    kind="sagemaker_model_package_group",
    title="the model package group is tagged",
    severity="low",
    rationale="Without tags nobody knows whose it is, what it costs whom, and which rules hold for it.",
    advice="Add the tags with AddTags.",
    references=(),
    events=(),
    reads=(PACKAGE_GROUP_TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
