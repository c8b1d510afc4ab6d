"""Findings for tests of how they are written, some with names that nobody should have given."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from holdfast.compliance.formats.judged import JudgedFinding

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = (
    "a\nb", "a\r::error::b", "100%", "x,y:z", "</script>", "\x1b[31mred", "\ud800", "é" * 400, "../../etc", '"]},', "‮",
    "::set-output name=a::b", "a b#c?d",
)  # fmt: skip
FAILED = JudgedFinding(
    resource_type="AWS::S3::Bucket", resource="training-data", kind="s3_bucket", account="123456789012",
    region="eu-west-1", control="tls_only", references=("FSBP S3.5", "NIST 800-53 SC-8"), severity="medium",
    verdict="fail", reason="there is no bucket policy to deny clear text", title="requests without TLS are denied",
    rationale="Requests in clear text can be read.", advice="Deny s3:* when aws:SecureTransport is false.",
    observed_at=NOON, arn="arn:aws:s3:::training-data",
)  # fmt: skip
DECLARED = replace(FAILED, arn=None, file="stacks/data.yaml", line=12, logical_id="TrainingData")


def made(**changes: Any) -> JudgedFinding:
    """Make a finding of a live bucket, changed in some ways."""
    return replace(FAILED, **changes)


def hostile(name: str) -> tuple[JudgedFinding, ...]:
    """Put a hostile text wherever someone else chooses the text."""
    return (
        made(resource=name, reason=f"{name} is open"),
        replace(DECLARED, file=name, logical_id=name, resource=name, reason=f"{name} is open"),
    )
