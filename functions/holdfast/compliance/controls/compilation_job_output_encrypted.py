"""What a compilation job writes is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import OUTPUT, output_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import COMPILATION


def check(facts: Facts) -> str | None:
    """Fail without a key for the compiled model."""
    return output_encrypted(facts[COMPILATION].get("OutputConfig") or {})


CONTROL = Control(
    id="compilation_job_output_encrypted",
    kind="sagemaker_compilation_job",
    title="the output of the compilation job is encrypted with a KMS key",
    severity="medium",
    rationale=OUTPUT.rationale,
    advice=OUTPUT.advice,
    references=("sample-aiml SM-20",),
    events=(),
    reads=(COMPILATION,),
    check=check,
    optional=True,
)
