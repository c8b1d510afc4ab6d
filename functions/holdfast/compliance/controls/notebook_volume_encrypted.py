"""A notebook instance's volume is encrypted with a key of ours."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import NOTEBOOK


def check(facts: Facts) -> str | None:
    """Fail without a KMS key: the key that SageMaker then uses is AWS's."""
    return missing(facts[NOTEBOOK], "KmsKeyId")


CONTROL = Control(
    id="notebook_volume_encrypted",
    kind="sagemaker_notebook_instance",
    title="the volume is encrypted with a KMS key of ours",
    severity="medium",
    rationale="A KMS key of one's own on a notebook's volume can be audited, limited and withdrawn; AWS's cannot.",
    advice="Make the notebook instance anew with KmsKeyId: it cannot be changed.",
    references=(
        "SageMaker.21",
        "Config sagemaker-notebook-instance-storage-vol-kms-encrypted",
        "Prowler sagemaker_notebook_instance_encryption_enabled",
    ),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
)
