"""What a tuning job writes is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import OUTPUT, every, output_encrypted
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail if a definition has no key for its output."""
    return every(definitions(facts[TUNING]), lambda job: output_encrypted(job.get("OutputDataConfig") or {}))


CONTROL = Control(
    id="tuning_job_output_encrypted",
    kind="sagemaker_tuning_job",
    title="the output of the tuning job is encrypted with a KMS key",
    severity="medium",
    rationale=OUTPUT.rationale,
    advice=OUTPUT.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
    optional=True,
)
