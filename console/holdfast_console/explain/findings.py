"""What findings from elsewhere cause: a hint to look at the buckets they name."""

from holdfast.compliance.hints import buckets, is_asff
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, ignore

__all__ = ["SOURCES", "bare", "bridged", "is_asff"]
SOURCES = frozenset({"aws.securityhub", "aws.guardduty", "aws.macie", "aws.macie2", "aws.access-analyzer"})


def bare(finding: Document, scope: Scope) -> list[Action]:
    """Explain a finding that came without its envelope."""
    return _rechecks(buckets(finding) or (), scope)


def bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain a finding's event of EventBridge."""
    if (named := buckets(event)) is None:
        return ignore(f"{event.get('detail-type')} is not an event we subscribe to")
    return _rechecks(named, scope)


def _rechecks(names: tuple[str, ...], scope: Scope) -> list[Action]:
    watched = [name for name in names if scope.watches("s3_bucket", name)]
    if not watched:
        said = f"names {', '.join(names)}, which is not governed and not in scope" if names else "names no bucket"
        return ignore(f"the finding {said}")
    reason = "a finding from elsewhere names the bucket: read its live state and judge that"
    return [one for name in watched for one in action("recheck_bucket", reason, bucket=name)]
