"""Every version of an object is kept."""

from holdfast.compliance.control import Control, Facts, Read

VERSIONING = Read("get_bucket_versioning", "s3:GetBucketVersioning")


def check(facts: Facts) -> str | None:
    """Fail unless the status is exactly `Enabled`; `Suspended` keeps no new versions."""
    status = facts[VERSIONING.fact].get("Status", "never set")
    return None if status == "Enabled" else f"versioning is {str(status).lower()}"


CONTROL = Control(
    id="versioning_enabled",
    title="versioning is enabled",
    severity="low",
    references=("FSBP S3.14", "Config s3-bucket-versioning-enabled", "Prowler s3_bucket_object_versioning"),
    events=("PutBucketVersioning",),
    reads=(VERSIONING,),
    check=check,
)
