"""The container of a data quality job cannot call out."""

from holdfast.compliance.checks.definitions import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DATA_QUALITY


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[DATA_QUALITY])


CONTROL = Control(
    id="data_quality_isolated",
    kind="sagemaker_data_quality_definition",
    title="the data quality job is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("SageMaker.11", "Config sagemaker-data-quality-job-isolation"),
    events=(),
    reads=(DATA_QUALITY,),
    check=check,
)
