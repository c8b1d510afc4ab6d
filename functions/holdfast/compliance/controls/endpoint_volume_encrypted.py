"""The volumes of an endpoint's instances are encrypted with a key of ours."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG


def check(facts: Facts) -> str | None:
    """Fail without a KMS key."""
    return missing(facts[ENDPOINT_CONFIG], "KmsKeyId")


CONTROL = Control(
    id="endpoint_volume_encrypted",
    kind="sagemaker_endpoint_config",
    title="the instances' volumes are encrypted with a KMS key of ours",
    severity="medium",
    rationale="A KMS key of one's own on an endpoint's volumes can be audited, limited and withdrawn; AWS's cannot.",
    advice="Make a new endpoint configuration with KmsKeyId, and update the endpoint to it.",
    references=(
        "Config sagemaker-endpoint-config-kms-key-required",
        "Prowler sagemaker_endpoint_config_kms_encryption_enabled",
    ),
    events=(),
    reads=(ENDPOINT_CONFIG,),
    check=check,
    optional=True,
)
