"""New objects are encrypted by default."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ENCRYPTION, algorithm_of
from holdfast.compliance.remedy import Remediation, Remedy, Step

PERMISSION = "s3:PutEncryptionConfiguration"


def check(facts: Facts) -> str | None:
    """Fail if S3 names no default; since January 2023 it names one for every bucket, at the least its own."""
    return None if algorithm_of(facts[ENCRYPTION]) else "no default encryption is set"


def propose(facts: Facts) -> Remedy | str:
    """Set S3's own encryption, which takes no key from anyone."""
    if algorithm_of(facts[ENCRYPTION]):
        return "default encryption is set already"
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    return Remedy(
        does="encrypts new objects by SSE-S3; objects written until the undo stay so",
        apply=(Step("put_bucket_encryption", PERMISSION, {"ServerSideEncryptionConfiguration": rules}),),
        undo=(Step("delete_bucket_encryption", PERMISSION),),
    )


CONTROL = Control(
    id="default_encryption",
    kind="s3_bucket",
    title="default encryption is set",
    severity="medium",
    rationale="What is stored in clear can be read by whoever comes by the disk.",
    advice="Set default encryption, at the least to SSE-S3.",
    references=("Prowler s3_bucket_default_encryption",),
    events=("PutBucketEncryption", "DeleteBucketEncryption"),
    reads=(ENCRYPTION,),
    check=check,
    remediation=Remediation((PERMISSION,), (ENCRYPTION,), propose),
)
