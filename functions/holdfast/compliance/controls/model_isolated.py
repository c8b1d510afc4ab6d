"""A model's containers cannot call out."""

from holdfast.compliance.checks.job_settings import isolated
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL


def check(facts: Facts) -> str | None:
    """Fail unless network isolation is on."""
    return isolated(facts[MODEL])


CONTROL = Control(
    id="model_isolated",
    kind="sagemaker_model",
    title="the model is isolated from the network",
    severity="medium",
    rationale="A container that may call out can carry away what the model is asked, and the credentials of its role.",
    advice="Make the model anew with EnableNetworkIsolation: it cannot be changed.",
    references=(
        "SageMaker.5",
        "Config sagemaker-model-isolation-enabled",
        "Prowler sagemaker_models_network_isolation_enabled",
    ),
    events=(),
    reads=(MODEL,),
    check=check,
)
