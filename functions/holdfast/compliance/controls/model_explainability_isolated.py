"""The container of a model explainability job cannot call out."""

from holdfast.compliance.checks.definitions import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import EXPLAINABILITY


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[EXPLAINABILITY])


CONTROL = Control(
    id="model_explainability_isolated",
    kind="sagemaker_model_explainability_definition",
    title="the model explainability job is isolated from the network",
    severity="high",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("SageMaker.20", "Config sagemaker-model-explainability-job-network-isolation"),
    events=(),
    reads=(EXPLAINABILITY,),
    check=check,
)
