"""A job definition that watches the data an endpoint gets; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import DATA_QUALITY, DATA_QUALITY_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_data_quality_definition",
    noun="data quality job definition",
    api="DataQualityJobDefinition",
    described=DATA_QUALITY,
    tags=DATA_QUALITY_TAGS,
    type_in_arn="data-quality-job-definition",
    verbs=("Create", "Delete"),
    name="JobDefinitionName",
    items="JobDefinitionSummaries",
    listed_as="MonitoringJobDefinitionName",
)
