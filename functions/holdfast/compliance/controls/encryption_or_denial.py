"""New objects are encrypted, by default or because nothing else is let in."""

from holdfast.compliance.access.document import EVERYONE, Condition, Statement
from holdfast.compliance.access.doubt import some
from holdfast.compliance.access.openings import policy_of
from holdfast.compliance.access.patterns import covers
from holdfast.compliance.access.reach import arn_of
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ENCRYPTION, POLICY, algorithm_of
from holdfast.compliance.standards import nist

PUT = "s3:putobject"
HEADER = "s3:x-amz-server-side-encryption"
ENCRYPTED = frozenset({"AES256", "aws:kms", "aws:kms:dsse"})
DIFFERS = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike"})


def check(facts: Facts) -> str | None:
    """Fail unless a default is set, or the policy denies everyone to put objects that are not encrypted."""
    if algorithm_of(facts[ENCRYPTION]):
        return None
    if some(policy_of(facts), lambda statement: _denies(statement, facts.resource.name)):
        return None
    return "no default encryption is set, and no policy denies putting objects without encryption"


def _denies(statement: Statement, bucket: str) -> bool:
    return (
        not statement.allows
        and not statement.spares
        and ("aws", EVERYONE) in statement.principals
        and covers(statement.actions, PUT)
        and covers(statement.resources, f"{arn_of(bucket)}/*")
        and bool(statement.conditions)
        and all(_is_unencrypted(condition) for condition in statement.conditions)
    )


def _is_unencrypted(condition: Condition) -> bool:
    """Tell whether a test holds whenever the header is absent, or names no way of encrypting."""
    if condition.key != HEADER or condition.quantifier:
        return False
    absent = condition.operator == "null" and condition.values == ("true",)
    return absent or (condition.operator in DIFFERS and ENCRYPTED.issuperset(condition.values))


CONTROL = Control(
    id="encryption_or_denial",
    kind="s3_bucket",
    title="new objects are encrypted",
    severity="medium",
    rationale="What is stored in clear can be read by whoever comes by the disk.",
    advice="Set default encryption, or deny s3:PutObject without the header x-amz-server-side-encryption.",
    references=(
        "FSBP S3.4",
        "Config s3-bucket-server-side-encryption-enabled",
        "CIS 1.4 2.1.1",
        *nist("AU-9 CA-9(1) CM-3(6) SC-7(10) SC-13 SC-28 SC-28(1) SI-7(6)"),
    ),
    events=("PutBucketEncryption", "DeleteBucketEncryption", "PutBucketPolicy", "DeleteBucketPolicy"),
    reads=(ENCRYPTION, POLICY),
    check=check,
)
