"""A job definition that watches what a model decides by; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import EXPLAINABILITY, EXPLAINABILITY_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_model_explainability_definition",
    noun="model explainability job definition",
    api="ModelExplainabilityJobDefinition",
    described=EXPLAINABILITY,
    tags=EXPLAINABILITY_TAGS,
    type_in_arn="model-explainability-job-definition",
    verbs=("Create", "Delete"),
    name="JobDefinitionName",
    items="JobDefinitionSummaries",
    listed_as="MonitoringJobDefinitionName",
)
