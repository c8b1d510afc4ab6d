"""A domain's storage is encrypted with a key of ours."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DOMAIN


def check(facts: Facts) -> str | None:
    """Fail without a KMS key, under its present or its former name."""
    domain = facts[DOMAIN]
    return None if domain.get("KmsKeyId") or domain.get("HomeEfsFileSystemKmsKeyId") else "KmsKeyId is not set"


CONTROL = Control(
    id="domain_encrypted",
    kind="sagemaker_domain",
    title="the domain's volumes are encrypted with a KMS key of ours",
    severity="medium",
    rationale="Notebooks and data of all users lie on the domain's file system; a key of one's own can be withdrawn.",
    advice="Make the domain anew with KmsKeyId: it cannot be changed.",
    references=("Prowler sagemaker_domain_encrypted_with_cmk",),
    events=(),
    reads=(DOMAIN,),
    check=check,
    optional=True,
)
