"""An endpoint configuration; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG, ENDPOINT_CONFIG_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_endpoint_config",
    noun="endpoint configuration",
    api="EndpointConfig",
    described=ENDPOINT_CONFIG,
    tags=ENDPOINT_CONFIG_TAGS,
    type_in_arn="endpoint-config",
    verbs=("Create", "Delete"),
)
