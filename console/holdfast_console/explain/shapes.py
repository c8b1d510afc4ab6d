"""Recognise an event in whatever it is wrapped, and say what it causes."""

from holdfast.ledger.contract import SOURCE
from holdfast.shared.errors import ContractError
from holdfast.shared.queue import parse
from holdfast_console.explain import alarms, calls, config_rules, findings, objects, sagemaker
from holdfast_console.explain.scope import Scope
from holdfast_console.explain.words import Action, Document, action, dead_letter, ignore, needed, text

MOST_WRAPPINGS = 12
JSON_NAMES = {
    "NoneType": "null",
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "str": "string",
    "list": "list",
}


def explain(document: object, scope: Scope, *, wrappings: int = 0) -> list[Action]:
    """Say what a document causes; what is ours and cannot be used is dead-lettered, never dropped."""
    if not isinstance(document, dict):
        return ignore(f"a JSON {JSON_NAMES[type(document).__name__]} is no event")
    try:
        return _of_shape(document, scope, wrappings)
    except ContractError as error:
        return dead_letter(str(error))


def _of_shape(document: Document, scope: Scope, wrappings: int) -> list[Action]:
    if wrappings > MOST_WRAPPINGS:
        raise ContractError(f"wrapped more than {MOST_WRAPPINGS} times")
    if isinstance(records := document.get("Records"), list):
        return _each(records, scope, wrappings)
    if (kind := text(document, "detail-type")) and (sender := text(document, "source")):
        return _bridged({**document, "detail-type": kind, "source": sender}, scope)
    if calls.is_record(document):
        return calls.bridged(calls.wrapped(document), scope)
    source = document.get("eventSource", document.get("EventSource"))
    if source == "aws:s3":
        return objects.notified(document, scope)
    if source == "aws:sqs":
        return _queued(document, scope, wrappings)
    if source == "aws:sns":
        return _published(document.get("Sns"), scope, wrappings)
    return _bare(document, scope, wrappings, source)


def _each(records: list[object], scope: Scope, wrappings: int) -> list[Action]:
    """Explain each record for itself, so that none spoils its batch."""
    if not records:
        return ignore("a batch without records")
    return [one for record in records for one in explain(record, scope, wrappings=wrappings + 1)]


def _queued(record: Document, scope: Scope, wrappings: int) -> list[Action]:
    """Explain a queue's message: what is lost in it is lost under the message's own id."""
    return _message(text(record, "body"), text(record, "messageId"), scope, wrappings)


def _published(notice: object, scope: Scope, wrappings: int) -> list[Action]:
    """Explain what was published to a topic."""
    return _message(text(notice, "Message"), text(notice, "MessageId"), scope, wrappings)


def _message(body: str | None, message: str | None, scope: Scope, wrappings: int) -> list[Action]:
    try:
        found = explain(parse(needed("body", body)), scope, wrappings=wrappings + 1)
    except ContractError as error:
        return dead_letter(str(error), message)
    return [
        found for one in found for found in (dead_letter(one.reason, message) if one.do == "dead_letter" else [one])
    ]


def _bare(document: Document, scope: Scope, wrappings: int, source: object) -> list[Action]:
    """Explain what comes without EventBridge's envelope and outside of a batch."""
    if objects.is_test(document):
        return ignore("s3:TestEvent: S3 sends it when a notification is configured")
    if document.get("Type") == "Notification" and isinstance(document.get("Message"), str):
        return _published(document, scope, wrappings)
    if "invokingEvent" in document:
        return config_rules.invoked(document)
    if text(document, "messageType") in config_rules.CHANGES:
        return config_rules.published(document, scope)
    if "alarmData" in document:
        return alarms.direct(document)
    if "AlarmName" in document and "NewStateValue" in document:
        return alarms.published(document)
    if findings.is_asff(document):
        return findings.bare(document, scope)
    return ignore("another source" if source is not None else "not the shape of any event we know")


def _bridged(event: Document, scope: Scope) -> list[Action]:
    """Explain an event of EventBridge by who sent it."""
    source, kind = str(event["source"]), str(event["detail-type"])
    if kind.endswith("via CloudTrail"):
        return calls.bridged(event, scope)
    if source == "aws.s3":
        return objects.bridged(event, scope)
    if source == "aws.sagemaker":
        return sagemaker.bridged(event)
    if source == "aws.cloudwatch" and kind in (alarms.STATE_CHANGE, alarms.EDITED):
        return alarms.bridged(event)
    if source == "aws.config":
        return config_rules.bridged(event, scope)
    if source in findings.SOURCES:
        return findings.bridged(event, scope)
    if source in ("aws.events", "aws.scheduler") and kind == "Scheduled Event":
        return action("run_scheduled_sweep", "a schedule ticked")
    if source == SOURCE:
        return ignore("an announcement of the ledger: its actors read the entry it names")
    return ignore(f"{kind} of {source} is not an event we subscribe to")
