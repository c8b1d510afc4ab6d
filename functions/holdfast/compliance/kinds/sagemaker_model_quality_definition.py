"""A job definition that compares predictions with the truth; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import MODEL_QUALITY, MODEL_QUALITY_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_model_quality_definition",
    noun="model quality job definition",
    api="ModelQualityJobDefinition",
    described=MODEL_QUALITY,
    tags=MODEL_QUALITY_TAGS,
    type_in_arn="model-quality-job-definition",
    verbs=("Create", "Delete"),
    name="JobDefinitionName",
    items="JobDefinitionSummaries",
    listed_as="MonitoringJobDefinitionName",
)
