"""The volumes of an inference experiment's instances are encrypted with a key of ours."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import EXPERIMENT


def check(facts: Facts) -> str | None:
    """Fail without a KMS key for the instances' volumes."""
    return missing(facts[EXPERIMENT], "KmsKey")


CONTROL = Control(
    id="experiment_volume_encrypted",
    kind="sagemaker_inference_experiment",
    title="the instances' volumes are encrypted with a KMS key of ours",
    severity="medium",
    rationale="The models under test, and what they are asked, lie on these volumes.",
    advice="Make the inference experiment anew with KmsKey.",
    references=("SageMaker.23", "Config sagemaker-inf-experiment-instance-storage-kms-encrypted"),
    events=(),
    reads=(EXPERIMENT,),
    check=check,
)
