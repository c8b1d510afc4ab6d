"""The containers of a tuning job cannot call out."""

from holdfast.compliance.checks.job_settings import ISOLATION, every, isolated
from holdfast.compliance.checks.tuning_definitions import definitions
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TUNING


def check(facts: Facts) -> Ruling:
    """Fail unless every definition has network isolation on."""
    return every(definitions(facts[TUNING]), isolated)


CONTROL = Control(
    id="tuning_job_isolated",
    kind="sagemaker_tuning_job",
    title="the training jobs of the tuning job are isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=(),
    events=(),
    reads=(TUNING,),
    check=check,
)
