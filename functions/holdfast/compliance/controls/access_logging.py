"""Requests to the bucket are logged."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import LOGGING
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist


class Target(Parameters):
    """Where logs must go, if that matters: to one bucket, under one prefix."""

    target_bucket: str | None = None
    target_prefix: str | None = None


def check(facts: Facts) -> str | None:
    """Fail unless access logs have somewhere to go, and go where they were asked to."""
    wanted, logging = facts.given(Target), facts[LOGGING].get("LoggingEnabled", {})
    target = logging.get("TargetBucket")
    if not target:
        return "access logging has no target bucket"
    if wanted.target_bucket not in (None, target):
        return f"access logs go to {target}, expected {wanted.target_bucket}"
    if wanted.target_prefix not in (None, prefix := logging.get("TargetPrefix", "")):
        return f"access logs go below {prefix!r}, expected {wanted.target_prefix!r}"
    return None


def propose(facts: Facts) -> Remedy | str:
    """Send logs to the bucket that the manifest names; nobody else can say which that is."""
    wanted, before = facts.given(Target), facts[LOGGING].get("LoggingEnabled")
    if wanted.target_bucket is None:
        return "no bucket for the logs is named: give targetBucket"
    if wanted.target_bucket == facts.resource.name:
        return "a bucket that logs to itself logs each delivery too: give another targetBucket"
    prefix = f"{facts.resource.name}/" if wanted.target_prefix is None else wanted.target_prefix
    after = {"TargetBucket": wanted.target_bucket, "TargetPrefix": prefix}
    return Remedy(
        does=f"logs requests to {wanted.target_bucket} below {prefix!r}",
        apply=(_put({"LoggingEnabled": after}),),
        undo=(_put({} if before is None else {"LoggingEnabled": before}),),
    )


def _put(status: dict[str, object]) -> Step:
    return Step("put_bucket_logging", "s3:PutBucketLogging", {"BucketLoggingStatus": status})


CONTROL = Control(
    id="access_logging",
    kind="s3_bucket",
    title="access logs are delivered",
    severity="medium",
    rationale="Without access logs nobody can tell who read or changed data.",
    advice="Set a target bucket for server access logs in the same Region, closed to all but logging.s3.amazonaws.com.",
    references=(
        "FSBP S3.9",
        "Config s3-bucket-logging-enabled",
        "Prowler s3_bucket_server_access_logging_enabled",
        *nist("AC-2(4) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(3) AU-6(4) AU-10 AU-12 CA-7 SC-7(9) SI-3(8) SI-4(20) SI-7(8)"),
    ),
    events=("PutBucketLogging",),
    reads=(LOGGING,),
    check=check,
    parameters=Target,
    remediation=Remediation(("s3:PutBucketLogging",), (LOGGING,), propose),
)
