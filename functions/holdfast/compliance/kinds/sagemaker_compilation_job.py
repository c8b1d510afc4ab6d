"""A compilation job (SageMaker Neo)."""

from holdfast.compliance.jobs import job
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION

KIND = job(
    "sagemaker_compilation_job",
    noun="compilation job",
    api="CompilationJob",
    described=COMPILATION,
    type_in_arn="compilation-job",
    changed_by=("DeleteCompilationJob",),
)
