"""The container of a model quality job cannot call out."""

from holdfast.compliance.checks.definitions import ISOLATION, isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL_QUALITY


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[MODEL_QUALITY])


CONTROL = Control(
    id="model_quality_isolated",
    kind="sagemaker_model_quality_definition",
    title="the model quality job is isolated from the network",
    severity="high",
    rationale=ISOLATION.rationale,
    advice=ISOLATION.advice,
    references=("SageMaker.25", "Config sagemaker-model-quality-job-definition-isolation"),
    events=(),
    reads=(MODEL_QUALITY,),
    check=check,
)
