"""A feature group of the feature store."""

from holdfast.compliance.reads.sagemaker import FEATURE_GROUP, FEATURE_GROUP_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_feature_group",
    noun="feature group",
    api="FeatureGroup",
    described=FEATURE_GROUP,
    tags=FEATURE_GROUP_TAGS,
    type_in_arn="feature-group",
    items="FeatureGroupSummaries",
)
