"""The containers of a model quality job speak to each other encrypted."""

from holdfast.compliance.checks.definitions import TRAFFIC, traffic_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL_QUALITY


def check(facts: Facts) -> str | None:
    """Fail unless traffic between containers is encrypted, with one instance as with many."""
    return traffic_encrypted(facts[MODEL_QUALITY])


CONTROL = Control(
    id="model_quality_traffic_encrypted",
    kind="sagemaker_model_quality_definition",
    title="traffic between the containers of the model quality job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("SageMaker.13", "Config sagemaker-model-quality-job-encrypt-in-transit"),
    events=(),
    reads=(MODEL_QUALITY,),
    check=check,
)
