"""An inference experiment, such as a shadow test."""

from holdfast.compliance.reads.sagemaker import EXPERIMENT, EXPERIMENT_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_inference_experiment",
    noun="inference experiment",
    api="InferenceExperiment",
    described=EXPERIMENT,
    tags=EXPERIMENT_TAGS,
    type_in_arn="inference-experiment",
    verbs=("Create", "Update", "Start", "Stop", "Delete"),
    name="Name",
)
