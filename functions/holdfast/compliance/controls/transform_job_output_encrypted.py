"""What a transform job writes is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import OUTPUT, output_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM


def check(facts: Facts) -> str | None:
    """Fail without a key for the output."""
    return output_encrypted(facts[TRANSFORM].get("TransformOutput") or {})


CONTROL = Control(
    id="transform_job_output_encrypted",
    kind="sagemaker_transform_job",
    title="the output of the transform job is encrypted with a KMS key",
    severity="medium",
    rationale=OUTPUT.rationale,
    advice=OUTPUT.advice,
    references=(),
    events=(),
    reads=(TRANSFORM,),
    check=check,
    optional=True,
)
