"""A notebook instance's volume has one of the KMS keys that are allowed."""

from holdfast.compliance.checks.kms_keys import AllowedKeys, unlisted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import NOTEBOOK


def check(facts: Facts) -> Ruling:
    """Fail without a KMS key, or with one that is not allowed."""
    return unlisted(facts[NOTEBOOK].get("KmsKeyId"), facts.given(AllowedKeys))


CONTROL = Control(
    id="notebook_kms_key",
    kind="sagemaker_notebook_instance",
    title="the volume has a KMS key that is allowed",
    severity="medium",
    rationale="A key that somebody else governs protects data only as well as they do.",
    advice="Make the notebook instance anew with one of the allowed keys as KmsKeyId.",
    references=("Config sagemaker-notebook-instance-kms-key-configured",),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
    parameters=AllowedKeys,
    optional=True,
)
