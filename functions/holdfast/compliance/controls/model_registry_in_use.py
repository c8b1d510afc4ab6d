"""Models of this Region are registered and approved."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_region import REGISTRY


def check(facts: Facts) -> str | None:
    """Fail without a model package group, or without an approved model in any."""
    registry = facts[REGISTRY]
    if not registry.get("HasGroups"):
        return "there is no model package group in this Region"
    return None if registry.get("HasApproved") else "no model package group of this Region has an approved model"


CONTROL = Control(
    id="model_registry_in_use",
    kind="aws_account",
    title="the model registry holds an approved model",
    severity="low",
    rationale="A model that is in no registry has no version, no approval and no way back.",
    advice="Register models in a model package group, and approve the versions that may serve.",
    references=("Prowler sagemaker_models_registry_in_use",),
    events=(),
    reads=(REGISTRY,),
    check=check,
    optional=True,
)
