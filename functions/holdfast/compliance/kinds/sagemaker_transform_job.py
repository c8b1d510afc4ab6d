"""A batch transform job."""

from holdfast.compliance.jobs import job
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM

KIND = job(
    "sagemaker_transform_job",
    noun="transform job",
    api="TransformJob",
    described=TRANSFORM,
    type_in_arn="transform-job",
)
