"""The container of a model bias job cannot call out."""

from holdfast.compliance.checks.definitions import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL_BIAS


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[MODEL_BIAS])


CONTROL = Control(
    id="model_bias_isolated",
    kind="sagemaker_model_bias_definition",
    title="the model bias job is isolated from the network",
    severity="medium",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("SageMaker.12", "Config sagemaker-model-bias-job-isolation"),
    events=(),
    reads=(MODEL_BIAS,),
    check=check,
)
