"""The image of a model's primary container comes from a registry in our VPC."""

from holdfast.compliance.checks.private_images import public_image
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL


def check(facts: Facts) -> Ruling:
    """Fail unless the primary container's image does; an inference pipeline has none."""
    model = facts[MODEL]
    if model.get("Containers") and not model.get("PrimaryContainer"):
        return NotApplicable("it is an inference pipeline: it has no primary container")
    said = public_image(model.get("PrimaryContainer") or {})
    return None if said is None else f"the primary container {said}"


CONTROL = Control(
    id="model_private_registry",
    kind="sagemaker_model",
    title="the primary container's image is from a private registry",
    severity="medium",
    rationale="An image from outside our network may be another one tomorrow; a registry in the VPC is ours to guard.",
    advice="Make the model anew with ImageConfig.RepositoryAccessMode Vpc and an image from a registry in the VPC.",
    references=("SageMaker.16", "Config sagemaker-model-private-registry-required"),
    events=(),
    reads=(MODEL,),
    check=check,
)
