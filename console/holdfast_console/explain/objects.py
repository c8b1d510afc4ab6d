"""What the events of objects in S3 cause."""

from typing import Any

from holdfast.batches.contract import CREATED, DELETED, BatchArrived, ignored
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, ignore, needed, text

HOW = {
    "object": "reads it {}",
    "success": "reads what lies in the folder that it closes, each part by version",
    "manifest": "reads it {}, and each part that it lists by version",
}


def bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain an S3 event of EventBridge."""
    if event.get("detail-type") not in (CREATED, DELETED):
        return ignore(f"{event.get('detail-type')}: no new data")
    return [explained for arrived in BatchArrived.receive(event) for explained in explain(arrived, scope)]


def notified(record: Document, scope: Scope) -> list[Action]:
    """Explain one record of an S3 notification."""
    name = needed("event name", text(record, "eventName")).removeprefix("s3:")
    if not name.startswith(("ObjectCreated:", "ObjectRemoved:", "LifecycleExpiration:")):
        return ignore(f"{name}: no new data")
    return explain(BatchArrived.receive_record(record), scope)


def explain(arrived: BatchArrived, scope: Scope) -> list[Action]:
    """Say what becomes of an object that came or went."""
    where: dict[str, Any] = {"bucket": arrived.bucket, "key": arrived.key}
    places = scope.places(arrived.bucket, arrived.key)
    if places and arrived.happened == DELETED:
        return action("note_object_removed", "the object is gone or hidden by a delete marker", **where)
    if arrived.version_id is not None:
        where["version_id"] = arrived.version_id
    if not places:
        return ignore(f"no model has batches at {arrived.bucket}/{arrived.key}", **where)
    refusals = [ignored(arrived, below=prefix, closed_by=closed_by) for prefix, closed_by in places]
    if None not in refusals:
        return ignore(str(refusals[0]), **where)
    version = "by version" if arrived.version_id is not None else "if its ETag is still the same"
    how = HOW[places[refusals.index(None)][1]]
    return action("start_drift_check", f"a new batch: the judge {how.format(version)}", **where)


def is_test(document: Document) -> bool:
    """Tell whether this is the message S3 sends when a notification is configured."""
    return document.get("Event") == "s3:TestEvent"
