"""A processing job: the only job that CloudFormation can make."""

from holdfast.compliance.facts import Fact, Read
from holdfast.compliance.jobs import job
from holdfast.compliance.kind import Declared
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def declared(by: Declared) -> dict[Read, Fact]:
    """Take the template's properties, which are spelled as the API spells them."""
    return {PROCESSING: dict(by.properties)}


KIND = job(
    "sagemaker_processing_job",
    noun="processing job",
    api="ProcessingJob",
    described=PROCESSING,
    type_in_arn="processing-job",
    changed_by=("DeleteProcessingJob",),
    declared=declared,
)
