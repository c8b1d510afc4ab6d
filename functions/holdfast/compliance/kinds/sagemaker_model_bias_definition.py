"""A job definition that watches a model's bias; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import MODEL_BIAS, MODEL_BIAS_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_model_bias_definition",
    noun="model bias job definition",
    api="ModelBiasJobDefinition",
    described=MODEL_BIAS,
    tags=MODEL_BIAS_TAGS,
    type_in_arn="model-bias-job-definition",
    verbs=("Create", "Delete"),
    name="JobDefinitionName",
    items="JobDefinitionSummaries",
    listed_as="MonitoringJobDefinitionName",
)
