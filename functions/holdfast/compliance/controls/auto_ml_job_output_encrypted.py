"""What an AutoML job writes is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import OUTPUT, output_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML


def check(facts: Facts) -> str | None:
    """Fail without a key for the output."""
    return output_encrypted(facts[AUTO_ML].get("OutputDataConfig") or {})


CONTROL = Control(
    id="auto_ml_job_output_encrypted",
    kind="sagemaker_auto_ml_job",
    title="the output of the AutoML job is encrypted with a KMS key",
    severity="medium",
    rationale=OUTPUT.rationale,
    advice=OUTPUT.advice,
    references=(),
    events=(),
    reads=(AUTO_ML,),
    check=check,
    optional=True,
)
