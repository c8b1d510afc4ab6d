"""The bucket that takes the access logs is there, takes them, and is itself in order."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from holdfast.compliance.access.doubt import gathered
from holdfast.compliance.access.openings import openings
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Fact, Facts, Read
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import (
    ACCOUNT_BLOCK,
    ENCRYPTION,
    LOCATION,
    LOGGING,
    OBJECT_LOCK,
    algorithm_of,
    region_of,
)
from holdfast.compliance.reads.s3_others import HOME, LOG_TARGET


def check(facts: Facts) -> Ruling:
    """Fail if logs cannot arrive, or arrive where anyone may read them or nothing is encrypted."""
    name = facts[LOGGING].get("LoggingEnabled", {}).get("TargetBucket")
    if not name:
        return NotApplicable("access logging has no target bucket")
    if name == facts.resource.name:
        return "the bucket logs to itself, so that each delivery of logs is logged again"
    found = facts[LOG_TARGET]
    there = Facts(replace(facts.resource, name=name), _There(facts, found), now=facts.now, parameters=Parameters())
    if not there[LOCATION]:
        return f"the log target {name} does not exist"
    wrong = gathered(lambda: list(_undelivered(there, region_of(found[HOME]))), lambda: list(_exposed(there)))
    return f"the log target {name} {' and '.join(wrong)}" if wrong else None


@dataclass(frozen=True, slots=True)
class _There:
    """The facts of the log target, which came as one."""

    here: Facts
    found: Fact

    def __getitem__(self, read: Read) -> Fact:
        return self.here[read] if read is ACCOUNT_BLOCK else self.found.get(read.id, {})


def _undelivered(there: Facts, region: str) -> Iterator[str]:
    if (other := region_of(there[LOCATION])) != region:
        yield f"is in {other}, not in {region}, and S3 delivers logs only within a Region"
    if there[OBJECT_LOCK].get("ObjectLockConfiguration", {}).get("Rule"):
        yield "has a default retention, under which S3 delivers no logs"
    by = algorithm_of(there[ENCRYPTION])
    if by != "AES256":
        yield f"is encrypted by {by}, by which S3 delivers no logs" if by else "has no default encryption"


def _exposed(there: Facts) -> Iterator[str]:
    if (ways := openings(there)) is not None:
        yield f"is open to the public: {ways}"


CONTROL = Control(
    id="audit_target",
    kind="s3_bucket",
    title="the log target is there and in order",
    severity="high",
    rationale="Logs that do not arrive, or that an intruder can read and change, prove nothing.",
    advice="Send logs to another bucket of the same account and Region, closed to the public, with SSE-S3 and no lock.",
    references=("NIST 800-53 AU-9",),
    events=(
        "PutBucketLogging",
        "PutBucketPolicy",
        "PutBucketAcl",
        "PutBucketEncryption",
        "PutBucketPublicAccessBlock",
        "DeleteBucketPublicAccessBlock",
    ),
    reads=(LOGGING, LOG_TARGET, ACCOUNT_BLOCK),
    check=check,
)
