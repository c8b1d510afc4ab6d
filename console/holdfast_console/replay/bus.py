"""PutEvents, handed to our router: moto's own delivery drops and breaks too much."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.events.models import EventsBackend
from moto.events.models import Rule as MotoRule
from moto.moto_api._internal import mock_random

from holdfast_console.replay.strict import Method, Rule, replaced

MOST_BYTES = 256 * 1024
REQUIRED = ("Source", "DetailType", "Detail")
Put = Callable[[dict[str, Any], str], None]


@contextmanager
def listening(put: Put) -> Iterator[None]:
    """Hand every event that is put on a bus to `put`, and let moto deliver none."""

    def putting(_: Method) -> Method:
        def put_events(backend: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [_take(backend, event, put) for event in events]

        return put_events

    with replaced((Rule(EventsBackend, "put_events", putting), Rule(MotoRule, "send_to_targets", _silent))):
        yield


def _silent(_: Method) -> Method:
    def sent(rule: Any, *args: Any, **kwargs: Any) -> None:
        """Deliver nothing."""

    return sent


def _take(backend: Any, event: Mapping[str, Any], put: Put) -> dict[str, Any]:
    if missing := [name for name in REQUIRED if not event.get(name)]:
        return {
            "ErrorCode": "InvalidArgument",
            "ErrorMessage": f"Parameter {missing[0]} is not valid. Reason: it is required.",
        }
    try:
        detail = json.loads(event["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    if sum(len(str(event.get(name, "")).encode()) for name in REQUIRED) > MOST_BYTES:
        return {
            "ErrorCode": "ValidationException",
            "ErrorMessage": "Total size of the entry is greater than the maximum allowed.",
        }
    bus = str(event.get("EventBusName") or "default").rsplit("/", 1)[-1]
    backend.describe_event_bus(bus)
    event_id = str(mock_random.uuid4())
    envelope = {
        "version": "0", "id": event_id, "detail-type": event["DetailType"], "source": event["Source"],
        "account": backend.account_id, "time": _time(event.get("Time")), "region": backend.region_name,
        "resources": list(event.get("Resources") or []), "detail": detail,
    }  # fmt: skip
    put(envelope, bus)
    return {"EventId": event_id}


def _time(given: Any) -> str:
    moment = (
        given
        if isinstance(given, datetime)
        else datetime.fromtimestamp(float(given), UTC)
        if given
        else datetime.now(UTC)
    )
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
