"""New objects are encrypted with a KMS key."""

from collections.abc import Sequence
from typing import Any

from holdfast.compliance.control import Control, Ruling, Undecided
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import ENCRYPTION
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist

KMS = frozenset({"aws:kms", "aws:kms:dsse"})
CONFIGURATION = "ServerSideEncryptionConfiguration"
DEFAULT = "ApplyServerSideEncryptionByDefault"
PERMISSION = "s3:PutEncryptionConfiguration"


class Keys(Parameters):
    """The keys that may be used, if not any."""

    kms_key_arns: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail unless the default is a KMS key, and one that may be used; unsetting it only means SSE-S3 again."""
    rules = [rule.get(DEFAULT, {}) for rule in facts[ENCRYPTION].get(CONFIGURATION, {}).get("Rules", [])]
    found = {rule.get("SSEAlgorithm", "nothing") for rule in rules}
    if not found or not found <= KMS:
        return f"default encryption is {', '.join(sorted(found)) or 'not set, which means SSE-S3'}, expected a KMS key"
    allowed = facts.given(Keys).kms_key_arns
    return next((said for rule in rules if (said := _amiss(rule.get("KMSMasterKeyID"), allowed))), None)


def _amiss(key: str | None, allowed: Sequence[str]) -> str | Undecided | None:
    """Say what is wrong with a key, which S3 gives as an ARN, an id or an alias, as it was set."""
    if not allowed or (key and any(arn == key or arn.endswith(f"/{key}") for arn in allowed)):
        return None
    if key is not None and key.rpartition(":")[2].startswith("alias/"):
        return Undecided(f"default encryption uses {key}, and only KMS knows which key that is")
    return f"default encryption uses {key or 'the key aws/s3'}, which is not among those allowed"


def propose(facts: Facts) -> Remedy | str:
    """Encrypt new objects with the first key that the manifest allows; S3's own settings beside it stay."""
    allowed, before = facts.given(Keys).kms_key_arns, facts[ENCRYPTION].get(CONFIGURATION)
    if not allowed:
        return "no key is named: give kmsKeyArns"
    rules = [] if before is None else before.get("Rules", [])
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": allowed[0]}
    kept = dict(rules[0]) if rules else {"BucketKeyEnabled": True}
    undo = Step("delete_bucket_encryption", PERMISSION) if before is None else _put(list(rules))
    return Remedy(
        does=f"encrypts new objects with {allowed[0]}: who reads and writes them must be allowed to use it; "
        "objects written until the undo stay so",
        apply=(_put([kept | {DEFAULT: default}]),),
        undo=(undo,),
    )


def _put(rules: list[Any]) -> Step:
    return Step("put_bucket_encryption", PERMISSION, {CONFIGURATION: {"Rules": rules}})


CONTROL = Control(
    id="kms_encryption",
    kind="s3_bucket",
    title="default encryption uses a KMS key",
    severity="medium",
    rationale="A KMS key of one's own can be audited, limited and withdrawn; SSE-S3 cannot.",
    advice="Set default encryption to aws:kms with a key that the readers may use.",
    references=(
        "FSBP S3.17",
        "Config s3-default-encryption-kms",
        "Prowler s3_bucket_kms_encryption",
        *nist("AU-9 CA-9(1) CM-3(6) SC-7(10) SC-12(2) SC-13 SC-28 SC-28(1) SI-7(6)"),
    ),
    events=("PutBucketEncryption", "DeleteBucketEncryption"),
    reads=(ENCRYPTION,),
    check=check,
    parameters=Keys,
    optional=True,
    remediation=Remediation((PERMISSION,), (ENCRYPTION,), propose),
)
