"""New objects are encrypted with a KMS key."""

from holdfast.compliance.control import Control, Facts, Read

ENCRYPTION = Read(
    "get_bucket_encryption",
    "s3:GetEncryptionConfiguration",
    absent="ServerSideEncryptionConfigurationNotFoundError",
)
KMS = frozenset({"aws:kms", "aws:kms:dsse"})


def check(facts: Facts) -> str | None:
    """Fail unless the default is a KMS key; deleting the setting only returns the bucket to SSE-S3."""
    rules = facts[ENCRYPTION.fact].get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    found = {rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm", "nothing") for rule in rules}
    if found and found <= KMS:
        return None
    return f"default encryption is {', '.join(sorted(found)) or 'not set, which means SSE-S3'}, expected a KMS key"


CONTROL = Control(
    id="kms_encryption",
    title="default encryption uses a KMS key",
    severity="medium",
    references=("FSBP S3.17", "Config s3-default-encryption-kms", "Prowler s3_bucket_kms_encryption"),
    events=("PutBucketEncryption", "DeleteBucketEncryption"),
    reads=(ENCRYPTION,),
    check=check,
)
