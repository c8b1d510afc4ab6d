"""The container of a processing job cannot call out."""

from holdfast.compliance.checks.job_settings import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import PROCESSING


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[PROCESSING].get("NetworkConfig") or {})


CONTROL = Control(
    id="processing_job_isolated",
    kind="sagemaker_processing_job",
    title="the processing job is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=(),
    events=(),
    reads=(PROCESSING,),
    check=check,
)
