"""Requests to the bucket are logged."""

from holdfast.compliance.control import Control, Facts, Read

LOGGING = Read("get_bucket_logging", "s3:GetBucketLogging")


def check(facts: Facts) -> str | None:
    """Fail unless access logs have somewhere to go."""
    target = facts[LOGGING.fact].get("LoggingEnabled", {}).get("TargetBucket")
    return None if target else "access logging has no target bucket"


CONTROL = Control(
    id="access_logging",
    title="access logs are delivered",
    severity="medium",
    references=(
        "FSBP S3.9",
        "Config s3-bucket-logging-enabled",
        "Prowler s3_bucket_server_access_logging_enabled",
    ),
    events=("PutBucketLogging",),
    reads=(LOGGING,),
    check=check,
)
