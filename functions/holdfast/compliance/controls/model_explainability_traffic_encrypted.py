"""The containers of a model explainability job speak to each other encrypted."""

from holdfast.compliance.checks.definitions import TRAFFIC, traffic_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import EXPLAINABILITY


def check(facts: Facts) -> str | None:
    """Fail unless traffic between containers is encrypted, with one instance as with many."""
    return traffic_encrypted(facts[EXPLAINABILITY])


CONTROL = Control(
    id="model_explainability_traffic_encrypted",
    kind="sagemaker_model_explainability_definition",
    title="traffic between the containers of the model explainability job is encrypted",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("SageMaker.10", "Config sagemaker-model-explainability-job-encrypt-in-transit"),
    events=(),
    reads=(EXPLAINABILITY,),
    check=check,
)
