"""The containers of a model bias job on several instances speak to each other encrypted."""

from holdfast.compliance.checks.definitions import TRAFFIC, traffic_encrypted
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import at
from holdfast.compliance.reads.sagemaker import MODEL_BIAS


def check(facts: Facts) -> str | None:
    """Fail on two instances or more unless their traffic is encrypted; one instance has none."""
    count = at(facts[MODEL_BIAS], "JobResources", "ClusterConfig", "InstanceCount")
    return None if int(count or 1) == 1 else traffic_encrypted(facts[MODEL_BIAS])


CONTROL = Control(
    id="model_bias_traffic_encrypted",
    kind="sagemaker_model_bias_definition",
    title="no traffic between instances of the model bias job is in clear text",
    severity="medium",
    rationale=TRAFFIC.rationale,
    advice=TRAFFIC.advice,
    references=("SageMaker.15", "Config sagemaker-model-bias-job-encrypt-in-transit"),
    events=(),
    reads=(MODEL_BIAS,),
    check=check,
)
