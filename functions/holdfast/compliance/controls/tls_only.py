"""Nobody speaks to the bucket in clear text."""

from holdfast.compliance.access import POLICY
from holdfast.compliance.control import BUCKET, Control, Facts
from holdfast.compliance.policy import parse, tls_gap


def check(facts: Facts) -> str | None:
    """Fail unless the policy denies every request that does not use TLS."""
    text = facts[POLICY.fact].get("Policy")
    if text is None:
        return "there is no bucket policy to deny clear text"
    return tls_gap(parse(text), facts[BUCKET]["Name"])


CONTROL = Control(
    id="tls_only",
    title="requests without TLS are denied",
    severity="medium",
    references=(
        "FSBP S3.5",
        "Config s3-bucket-ssl-requests-only",
        "Prowler s3_bucket_secure_transport_policy",
    ),
    events=("PutBucketPolicy", "DeleteBucketPolicy"),
    reads=(POLICY,),
    check=check,
)
