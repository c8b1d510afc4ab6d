"""What AWS Config asks and tells."""

from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, at, ignore, needed, text

BUCKET, ACCOUNT_BLOCK = "AWS::S3::Bucket", "AWS::S3::AccountPublicAccessBlock"
GONE = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded"})
CHANGES = frozenset({"ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"})


def invoked(event: Document) -> list[Action]:
    """Explain the invocation of a Config rule."""
    asked = read(needed("invoking event", text(event, "invokingEvent")))
    kind = text(asked, "messageType")
    if kind == "ScheduledNotification":
        return action("evaluate_config_rule_periodic", "a periodic rule: answer with PutEvaluations")
    if kind not in CHANGES:
        raise ContractError(f"message type {kind or 'not told'} is none of a Config rule's")
    item = at(asked, "configurationItem") or at(asked, "configurationItemSummary")
    return action(
        "evaluate_config_rule",
        "AWS Config asks about one resource: answer with PutEvaluations",
        resource_type=needed("resource type", text(item, "resourceType")),
        resource_id=needed("resource", text(item, "resourceId")),
        left_scope=event.get("eventLeftScope") is True,
    )


def bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain a Config event of EventBridge: a hint to look at a bucket."""
    detail = event.get("detail")
    if event.get("detail-type") == "Config Rules Compliance Change":
        return _hint(text(detail, "resourceType"), text(detail, "resourceId"), None, detail, scope)
    if event.get("detail-type") == "Config Configuration Item Change":
        return published(at(detail), scope)
    return ignore(f"{event.get('detail-type')} is not an event we subscribe to")


def published(message: object, scope: Scope) -> list[Action]:
    """Explain the notice of a changed configuration item."""
    item = at(message, "configurationItem") or at(message, "configurationItemSummary")
    status = text(item, "configurationItemStatus")
    return _hint(
        text(item, "resourceType"), text(item, "resourceName") or text(item, "resourceId"), status, item, scope
    )


def _hint(kind: str | None, name: str | None, status: str | None, told: object, scope: Scope) -> list[Action]:
    if kind == ACCOUNT_BLOCK:
        account = needed("account", text(told, "awsAccountId"), name)
        return action("recheck_account", "AWS Config saw the account's public access block change", account=account)
    if kind != BUCKET:
        return ignore(f"AWS Config speaks of a {kind or 'resource without a type'}, not of a bucket")
    bucket = needed("bucket", name)
    if not scope.watches("s3_bucket", bucket):
        return ignore(f"bucket {bucket} is not governed and not in scope")
    if status in GONE:
        return action("mark_bucket_deleted", "AWS Config saw the bucket go: close its findings", bucket=bucket)
    return action(
        "recheck_bucket", "AWS Config speaks of the bucket: read its live state and judge that", bucket=bucket
    )
