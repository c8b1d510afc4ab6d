"""The volumes of an endpoint's instances have one of the KMS keys that are allowed."""

from holdfast.compliance.checks.kms_keys import AllowedKeys, unlisted
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG


def check(facts: Facts) -> Ruling:
    """Fail without a KMS key, or with one that is not allowed."""
    return unlisted(facts[ENDPOINT_CONFIG].get("KmsKeyId"), facts.given(AllowedKeys))


CONTROL = Control(
    id="endpoint_kms_key",
    kind="sagemaker_endpoint_config",
    title="the instances' volumes have a KMS key that is allowed",
    severity="medium",
    rationale="A key that somebody else governs protects data only as well as they do.",
    advice="Make a new endpoint configuration with one of the allowed keys, and update the endpoint to it.",
    references=("Config sagemaker-endpoint-configuration-kms-key-configured",),
    events=(),
    reads=(ENDPOINT_CONFIG,),
    check=check,
    parameters=AllowedKeys,
    optional=True,
)
