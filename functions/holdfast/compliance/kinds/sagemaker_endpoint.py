"""An endpoint."""

from holdfast.compliance.reads.sagemaker import ENDPOINT, ENDPOINT_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_endpoint",
    noun="endpoint",
    api="Endpoint",
    described=ENDPOINT,
    tags=ENDPOINT_TAGS,
    type_in_arn="endpoint",
    also=("UpdateEndpointWeightsAndCapacities",),
)
