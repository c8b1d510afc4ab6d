"""What findings from elsewhere name: a hint to look at a bucket, never a verdict on it."""

from collections.abc import Iterator, Mapping
from typing import Any

from holdfast.shared.foreign import listed, text

HUB = frozenset({"Security Hub Findings - Imported", "Security Hub Findings - Custom Action", "Findings Imported V2"})
GUARD_DUTY, MACIE, ANALYZER = "GuardDuty Finding", "Macie Finding", "Access Analyzer Finding"
CONFIG = "Config Rules Compliance Change"
BUCKET_KINDS = frozenset({"AwsS3Bucket", "AWS::S3::Bucket"})
OWN = "holdfast/"
NAMED = [{"exists": True}]
PATTERNS: dict[str, dict[str, Any]] = {
    "Hub": {
        "source": ["aws.securityhub"], "detail-type": sorted(HUB),
        "detail": {"findings": {"Resources": {"Type": ["AwsS3Bucket"]}}},
    },
    "GuardDuty": {
        "source": ["aws.guardduty"], "detail-type": [GUARD_DUTY],
        "detail": {"resource": {"s3BucketDetails": {"name": NAMED}}},
    },
    "Macie": {
        "source": ["aws.macie"], "detail-type": [MACIE], "detail": {"resourcesAffected": {"s3Bucket": {"name": NAMED}}},
    },
    "Analyzer": {
        "source": ["aws.access-analyzer"], "detail-type": [ANALYZER], "detail": {"resourceType": ["AWS::S3::Bucket"]},
    },
    "Config": {
        "source": ["aws.config"], "detail-type": [CONFIG], "detail": {"resourceType": ["AWS::S3::Bucket"]},
    },
}  # fmt: skip
"""What such findings look like where they come from, as a rule matches them."""


def is_asff(document: Mapping[str, Any]) -> bool:
    """Tell whether this is a bare finding in Security Hub's format."""
    return isinstance(document.get("ProductArn"), str) and isinstance(document.get("Resources"), list)


def buckets(document: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Name each bucket that a finding speaks of, once; `None` if it is no finding that we know."""
    if is_asff(document):
        return _each_once(_of_hub(document))
    kind, detail = document.get("detail-type"), document.get("detail")
    if kind in HUB:
        return _each_once(name for finding in listed(detail, "findings") for name in _of_hub(finding))
    if kind == GUARD_DUTY:
        return _each_once(text(one, "name") for one in listed(detail, "resource", "s3BucketDetails"))
    if kind == MACIE:
        return _each_once(iter([text(detail, "resourcesAffected", "s3Bucket", "name")]))
    if kind in (ANALYZER, CONFIG):
        named = text(detail, "resource" if kind == ANALYZER else "resourceId")
        return _each_once(iter([_bucket_of(named) if text(detail, "resourceType") in BUCKET_KINDS else None]))
    return None


def account_of(document: Mapping[str, Any]) -> str | None:
    """Give the account that a finding is of, as far as it says."""
    return text(document, "account") or text(document, "AwsAccountId")


def _of_hub(finding: object) -> Iterator[str | None]:
    """Name the buckets of one finding; our own findings are no news to us."""
    if (text(finding, "GeneratorId") or "").startswith(OWN):
        return
    for resource in [*listed(finding, "Resources"), *listed(finding, "resources")]:
        if (text(resource, "Type") or text(resource, "type")) in BUCKET_KINDS:
            yield _bucket_of(text(resource, "Id") or text(resource, "uid"))


def _bucket_of(arn: str | None) -> str | None:
    """Give the bucket an ARN names; a name alone is a name."""
    return None if arn is None else arn.rpartition(":")[2].partition("/")[0] or None


def _each_once(names: Iterator[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))
