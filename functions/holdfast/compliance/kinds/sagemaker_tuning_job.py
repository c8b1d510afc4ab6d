"""A hyperparameter tuning job: its definitions say what every training job of it will be."""

from holdfast.compliance.jobs import job
from holdfast.compliance.reads.sagemaker_jobs import TUNING

KIND = job(
    "sagemaker_tuning_job",
    noun="hyper parameter tuning job",
    api="HyperParameterTuningJob",
    described=TUNING,
    type_in_arn="hyper-parameter-tuning-job",
    changed_by=("DeleteHyperParameterTuningJob",),
)
