"""What the API calls that CloudTrail recorded cause."""

from holdfast.compliance import catalogue
from holdfast.compliance.contract import CALL, RecordedCall
from holdfast.compliance.kind import Kind
from holdfast.compliance.logic import ignored, touched
from holdfast_console.explain import sagemaker
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, ignore, text

BUCKET, ACCOUNT = "s3_bucket", "aws_account"
TRAIL, RECORDER = "the trail that feeds the CloudTrail rules was changed", "AWS Config recorder stopped"
EVIDENCE = {
    "cloudtrail": dict.fromkeys(("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"), TRAIL),
    "config": {
        **dict.fromkeys(
            ("StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel"), RECORDER
        ),
        "PutConfigurationRecorder": "what AWS Config records was changed",
    },
}


def is_record(document: Document) -> bool:
    """Tell whether this is a bare CloudTrail record."""
    source = document.get("eventSource")
    return isinstance(source, str) and source.endswith(".amazonaws.com") and "eventName" in document


def wrapped(record: Document) -> Document:
    """Put a bare record into the envelope in which EventBridge would deliver it."""
    return {
        "version": "0",
        "id": record.get("eventID"),
        "detail-type": CALL,
        "source": "aws." + str(record.get("eventSource")).partition(".")[0],
        "account": record.get("recipientAccountId"),
        "time": record.get("eventTime"),
        "region": record.get("awsRegion"),
        "resources": [],
        "detail": record,
    }


def bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain an API call that CloudTrail tells EventBridge."""
    if event.get("detail-type") != CALL:
        return ignore(f"{event.get('detail-type')} is no API call of a user")
    service = (text(event, "source") or "").removeprefix("aws.")
    kinds = tuple(kind for kind in catalogue.every_kind().values() if f"aws.{service}" in kind.sources)
    if not kinds and service not in EVIDENCE:
        return ignore(f"a call of another service: {service}")
    call = RecordedCall.receive(event)
    reason = ignored(call, account=None, kinds=kinds)
    if (about := EVIDENCE.get(service, {}).get(call.name)) is not None and call.error_code is None:
        return action("alert", f"{call.name}: governance is blind without its evidence", about=about)
    if reason is not None:
        return ignore(reason)
    found = [one for kind, name in touched(call, kinds) for one in _looked_at(call, kind, name, scope)]
    return _together(found) or ignore(f"{call.name} names a resource of no kind that is judged")


def _looked_at(call: RecordedCall, kind: Kind, name: str, scope: Scope) -> list[Action]:
    """Say in the vocabulary's words what becomes of one resource that a call changed."""
    if kind.id == ACCOUNT and call.name in kind.rejudges:
        reason = "the account's public access block changed: every bucket's may follow"
        return action("recheck_account", reason, account=name)
    if not scope.watches(kind.id, name):
        return ignore(f"{kind.noun} {name} is not governed and not in scope")
    if kind.id == BUCKET and call.name == "DeleteBucket":
        return action("mark_bucket_deleted", "the bucket is gone: close its findings", bucket=name)
    if kind.id == BUCKET:
        said = f"{call.name}: the bucket's configuration changed: read its live state and judge that"
        return action("recheck_bucket", said, bucket=name)
    if call.name.startswith("Delete") and call.name not in catalogue.BY_TAG:
        return ignore(f"{call.name}: {kind.noun} {name} is going: what was found of it is closed")
    return sagemaker.checked(kind, name, f"{call.name}: a governed resource was created or changed")


def _together(found: list[Action]) -> list[Action]:
    """Leave out what is ignored beside something that is done, and say nothing twice."""
    acted = [one for one in found if one.do != "ignore"] or found[:1]
    return [one for at, one in enumerate(acted) if one.said() not in [other.said() for other in acted[:at]]]
