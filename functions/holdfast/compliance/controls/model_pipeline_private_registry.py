"""The images of an inference pipeline come from a registry in our VPC."""

from holdfast.compliance.checks.private_images import public_image
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import MODEL


def check(facts: Facts) -> Ruling:
    """Fail unless the image of every container does."""
    containers = facts[MODEL].get("Containers") or []
    if not containers:
        return NotApplicable("it is no inference pipeline: it has one container")
    broken = [f"container {at} {said}" for at, each in enumerate(containers, 1) if (said := public_image(each))]
    return "; ".join(broken) or None


CONTROL = Control(
    id="model_pipeline_private_registry",
    kind="sagemaker_model",
    title="the images of all containers are from a private registry",
    severity="medium",
    rationale="An image from outside our network may be another one tomorrow; a registry in the VPC is ours to guard.",
    advice="Make the model anew with ImageConfig.RepositoryAccessMode Vpc and an image from a registry in the VPC.",
    references=("SageMaker.19", "Config sagemaker-model-multicontainer-private-registry"),
    events=(),
    reads=(MODEL,),
    check=check,
)
