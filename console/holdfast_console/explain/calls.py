"""What the API calls that CloudTrail recorded cause."""

from holdfast.compliance import controls
from holdfast.compliance.contract import CALL, BucketChanged
from holdfast.compliance.control import Control
from holdfast.compliance.logic import event_names, ignored
from holdfast.shared.catalogue import discover
from holdfast_console.explain import sagemaker
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, at, ignore, needed, text

DEPLOYED = frozenset(event_names(tuple(discover(controls, Control).values())))
OF_THE_ACCOUNT = frozenset({"PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock"})
OF_EITHER = frozenset({"PutPublicAccessBlock", "DeletePublicAccessBlock"})
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
    if service == "s3":
        return _of_s3(BucketChanged.receive(event), event, scope)
    if service not in ("sagemaker", *EVIDENCE):
        return ignore(f"a call of another service: {service}")
    return _of_others(service, BucketChanged.receive(event), event)


def _of_s3(changed: BucketChanged, event: Document, scope: Scope) -> list[Action]:
    account_wide = changed.name in OF_THE_ACCOUNT or (changed.name in OF_EITHER and changed.bucket is None)
    if account_wide and changed.error_code is None:
        caller = text(event, "detail", "userIdentity", "accountId")
        account = needed("account", changed.account, text(event, "detail", "recipientAccountId"), caller)
        reason = "the account's public access block changed: every bucket's may follow"
        return action("recheck_account", reason, account=account)
    if (reason_not := ignored(changed, account=None, watches=scope.watches)) is not None:
        return ignore(reason_not)
    if changed.name == "DeleteBucket":
        return action("mark_bucket_deleted", "the bucket is gone: close its findings", bucket=changed.subject)
    return action("recheck_bucket", _why_look(changed.name), bucket=changed.subject)


def _why_look(name: str) -> str:
    told = f"{name}: the bucket's configuration changed: read its live state and judge that"
    return told if name in DEPLOYED else f"{told}; no control names this event, so the bucket's next one brings it"


def _of_others(service: str, call: BucketChanged, event: Document) -> list[Action]:
    if call.error_code is not None:
        return ignore(f"the call failed ({call.error_code}): nothing changed")
    if call.is_read_only:
        return ignore(f"{call.name} only reads")
    if service == "sagemaker":
        return sagemaker.called(call.name, at(event, "detail"))
    if (about := EVIDENCE[service].get(call.name)) is not None:
        return action("alert", f"{call.name}: governance is blind without its evidence", about=about)
    return ignore(f"{call.name} takes no evidence away")
