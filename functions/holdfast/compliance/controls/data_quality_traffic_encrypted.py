"""The containers of a data quality job speak to each other encrypted."""

from holdfast.compliance.checks.definitions import TRAFFIC, traffic_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DATA_QUALITY


def check(facts: Facts) -> str | None:
    """Fail unless traffic between containers is encrypted, with one instance as with many."""
    return traffic_encrypted(facts[DATA_QUALITY])


CONTROL = Control(
    id="data_quality_traffic_encrypted",
    kind="sagemaker_data_quality_definition",
    title="traffic between the containers of the data quality job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("SageMaker.9", "Config sagemaker-data-quality-job-encrypt-in-transit"),
    events=(),
    reads=(DATA_QUALITY,),
    check=check,
)
