"""A training job."""

from holdfast.compliance.jobs import job
from holdfast.compliance.reads.sagemaker_jobs import TRAINING

KIND = job(
    "sagemaker_training_job",
    noun="training job",
    api="TrainingJob",
    described=TRAINING,
    type_in_arn="training-job",
    changed_by=("UpdateTrainingJob", "DeleteTrainingJob"),
)
