"""KMS keys that a resource may be encrypted with."""

from holdfast.compliance.control import Ruling, Undecided
from holdfast.compliance.parameters import Listed, Parameters

ALIAS = "alias/"


class AllowedKeys(Parameters):
    """The ARNs of the KMS keys that may be used; without any, every key may."""

    kms_key_arns: Listed = ()


def unlisted(key: str | None, allowed: AllowedKeys) -> Ruling:
    """Say that there is no key, or not one of those allowed; a bare id is compared with the end of each ARN."""
    if not key:
        return "KmsKeyId is not set"
    listed = allowed.kms_key_arns
    if not listed or any(key == arn or key == below(arn) or below(key) == arn for arn in listed):
        return None
    if ALIAS in key:
        return Undecided(f"{key} is an alias, and kmsKeyArns does not say which key it stands for")
    return f"{key} is not among the keys of kmsKeyArns"


def below(arn: str) -> str:
    """Reduce a key's ARN to its id, and an alias's to the alias."""
    return arn[arn.index(ALIAS) :] if ALIAS in arn else arn.rpartition("/")[2]
