"""Objects do not stay for ever by accident."""

from holdfast.compliance.control import Control, Facts, Read

LIFECYCLE = Read(
    "get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration", absent="NoSuchLifecycleConfiguration"
)


def check(facts: Facts) -> str | None:
    """Fail unless at least one rule is enabled; a disabled rule does nothing."""
    rules = facts[LIFECYCLE.fact].get("Rules", [])
    if any(rule.get("Status") == "Enabled" for rule in rules):
        return None
    return "no lifecycle rule is enabled" if rules else "there is no lifecycle rule"


CONTROL = Control(
    id="lifecycle",
    title="a lifecycle rule is enabled",
    severity="low",
    references=("FSBP S3.13", "Config s3-lifecycle-policy-check", "Prowler s3_bucket_lifecycle_enabled"),
    events=(
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "DeleteBucketLifecycleConfiguration",
    ),
    reads=(LIFECYCLE,),
    check=check,
)
