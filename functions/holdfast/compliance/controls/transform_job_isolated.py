"""The container of a transform job cannot call out."""

from holdfast.compliance.checks.job_settings import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_jobs import TRANSFORM_MODEL


def check(facts: Facts) -> str | None:
    """Fail if its model is not isolated: a transform job has no network settings of its own."""
    return isolated(facts[TRANSFORM_MODEL])


CONTROL = Control(
    id="transform_job_isolated",
    kind="sagemaker_transform_job",
    title="the transform job's model is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=(),
    events=(),
    reads=(TRANSFORM_MODEL,),
    check=check,
    optional=True,
)
