"""What findings from elsewhere cause: a hint to look at the buckets they name."""

from collections.abc import Iterable

from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, ignore, listed, text

HUB_FINDINGS = frozenset(
    {"Security Hub Findings - Imported", "Security Hub Findings - Custom Action", "Findings Imported V2"}
)
BUCKET_KINDS = frozenset({"AwsS3Bucket", "AWS::S3::Bucket"})
SOURCES = frozenset({"aws.securityhub", "aws.guardduty", "aws.macie", "aws.macie2", "aws.access-analyzer"})


def is_asff(document: Document) -> bool:
    """Tell whether this is a bare finding in Security Hub's format."""
    return isinstance(document.get("ProductArn"), str) and isinstance(document.get("Resources"), list)


def bare(finding: Document, scope: Scope) -> list[Action]:
    """Explain a finding that came without its envelope."""
    return _rechecks(_of_hub(finding), scope)


def bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain a finding's event of EventBridge."""
    kind, detail = event.get("detail-type"), event.get("detail")
    if kind in HUB_FINDINGS:
        return _rechecks((name for finding in listed(detail, "findings") for name in _of_hub(finding)), scope)
    if kind == "GuardDuty Finding":
        return _rechecks((text(one, "name") for one in listed(detail, "resource", "s3BucketDetails")), scope)
    if kind == "Macie Finding":
        return _rechecks([text(detail, "resourcesAffected", "s3Bucket", "name")], scope)
    if kind == "Access Analyzer Finding":
        named = text(detail, "resource") if text(detail, "resourceType") in BUCKET_KINDS else None
        return _rechecks([_bucket_of(named)], scope)
    return ignore(f"{kind} is not an event we subscribe to")


def _of_hub(finding: object) -> Iterable[str | None]:
    for resource in [*listed(finding, "Resources"), *listed(finding, "resources")]:
        if (text(resource, "Type") or text(resource, "type")) in BUCKET_KINDS:
            yield _bucket_of(text(resource, "Id") or text(resource, "uid"))


def _bucket_of(arn: str | None) -> str | None:
    """Give the bucket an ARN names; a name alone is a name."""
    return None if arn is None else arn.rpartition(":")[2].partition("/")[0] or None


def _rechecks(names: Iterable[str | None], scope: Scope) -> list[Action]:
    buckets = dict.fromkeys(name for name in names if name is not None)
    watched = [name for name in buckets if scope.watches(name)]
    if not watched:
        said = f"names {', '.join(buckets)}, which is not governed and not in scope" if buckets else "names no bucket"
        return ignore(f"the finding {said}")
    reason = "a finding from elsewhere names the bucket: read its live state and judge that"
    return [one for name in watched for one in action("recheck_bucket", reason, bucket=name)]
