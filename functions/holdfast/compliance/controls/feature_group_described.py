"""A feature group says what it is."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP


def check(facts: Facts) -> str | None:
    """Fail without a description, or with an empty one."""
    return missing(facts[FEATURE_GROUP], "Description")


CONTROL = Control(
    id="feature_group_described",
    kind="sagemaker_feature_group",
    title="the feature group has a description",
    severity="low",
    rationale="Features that nobody can explain are used for what they do not mean.",
    advice="Make the feature group anew with a Description: it cannot be changed.",
    references=("Config sagemaker-featuregroup-description",),
    events=(),
    reads=(FEATURE_GROUP,),
    check=check,
    optional=True,
)
