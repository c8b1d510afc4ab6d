"""What a processing job writes is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import OUTPUT, output_encrypted
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def check(facts: Facts) -> Ruling:
    """Fail without a key for the outputs, if it has outputs."""
    output = facts[PROCESSING].get("ProcessingOutputConfig") or {}
    if not output.get("Outputs"):
        return NotApplicable("it has no outputs")
    return output_encrypted(output)


CONTROL = Control(
    id="processing_job_output_encrypted",
    kind="sagemaker_processing_job",
    title="the output of the processing job is encrypted with a KMS key",
    severity="medium",
    rationale=OUTPUT.rationale,
    advice=OUTPUT.advice,
    references=(),
    events=(),
    reads=(PROCESSING,),
    check=check,
    optional=True,
)
