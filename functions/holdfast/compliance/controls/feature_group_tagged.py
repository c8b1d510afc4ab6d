"""A feature group carries tags."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP_TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, FEATURE_GROUP_TAGS)


CONTROL = Control(
    id="feature_group_tagged",
    kind="sagemaker_feature_group",
    title="the feature group is tagged",
    severity="low",
    rationale="Without tags nobody knows whose it is, what it costs whom, and which rules hold for it.",
    advice="Add the tags with AddTags.",
    references=("Config sagemaker-feature-group-tagged",),
    events=(),
    reads=(FEATURE_GROUP_TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
