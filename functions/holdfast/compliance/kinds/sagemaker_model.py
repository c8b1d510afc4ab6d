"""A model that endpoints and transform jobs run; it cannot be updated."""

from holdfast.compliance.reads.sagemaker import MODEL, MODEL_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_model",
    noun="model",
    api="Model",
    described=MODEL,
    tags=MODEL_TAGS,
    type_in_arn="model",
    verbs=("Create", "Delete"),
)
