"""Read recorded events, in whatever they are wrapped, and name what they make worth a look."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.compliance.contract import CALL
from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError

MOST_BYTES, MOST_WRAPPINGS = 64 * 1024 * 1024, 12
PACKED = b"\x1f\x8b"
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One event and the place where it stands; or, instead of it, why there is none to read."""

    place: str
    body: Body
    trouble: str | None = None


def recorded(path: str) -> Iterator[Recorded]:
    """Read a file's events: one, a list, a log, a queue's batch, or one on every line of a .jsonl file."""
    try:
        content = _content(Path(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Recorded(path, {}, f"not gzip: {error}")
        return
    if len(content) > MOST_BYTES:
        yield Recorded(path, {}, f"larger than {MOST_BYTES} bytes")
    elif path.removesuffix(".gz").endswith(".jsonl"):
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                yield from _events(f"{path}:{number}", line)
    else:
        yield from _events(path, content)


def _content(path: Path) -> bytes:
    """Read a file up to a bound, unpacked if it is packed as CloudTrail packs its logs."""
    with path.open("rb") as file:
        is_packed = file.read(len(PACKED)) == PACKED
        file.seek(0)
        if not is_packed:
            return file.read(MOST_BYTES + 1)
        with gzip.open(file) as unpacked:
            return unpacked.read(MOST_BYTES + 1)


def _events(place: str, text: bytes) -> Iterator[Recorded]:
    try:
        for body in bodies(read(text.decode("utf-8-sig"))):
            yield Recorded(place, body)
    except UnicodeDecodeError as error:
        yield Recorded(place, {}, f"not json: not utf-8 at byte {error.start}")
    except ContractError as error:
        yield Recorded(place, {}, str(error))


def bodies(document: object, wrappings: int = 0) -> Iterator[Body]:
    """Unwrap EventBridge events; raises `ContractError` for what is no event in any wrapping."""
    if wrappings > MOST_WRAPPINGS:
        raise ContractError(f"wrapped more than {MOST_WRAPPINGS} times")
    records = document.get("Records", document.get("Events")) if isinstance(document, dict) else document
    if isinstance(records, list):
        for record in records:
            yield from bodies(record, wrappings + 1)
    elif not isinstance(document, dict):
        raise ContractError(f"a JSON {type(document).__name__} is no event")
    elif isinstance(message := _message(document), str):
        yield from bodies(read(message), wrappings + 1)
    else:
        yield _bridged(document)


def _message(document: Body) -> object:
    """Give the text that a queue or a topic carries."""
    if document.get("eventSource") == "aws:sqs":
        return document.get("body")
    if document.get("EventSource") == "aws:sns" and isinstance(document.get("Sns"), dict):
        return document["Sns"].get("Message")
    if document.get("Type") == "Notification":
        return document.get("Message")
    return document.get("CloudTrailEvent")


def _bridged(document: Body) -> Body:
    """Put a bare CloudTrail record into EventBridge's envelope, and name what another service notifies of."""
    source, name = document.get("eventSource"), document.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str):
        return document
    if not source.endswith(".amazonaws.com"):
        return {"detail-type": f"{name} of {source}"}
    return {
        "id": document.get("eventID"),
        "detail-type": CALL,
        "source": f"aws.{source.partition('.')[0]}",
        "account": document.get("recipientAccountId"),
        "region": document.get("awsRegion"),
        "detail": document,
    }


def region_of(body: Body) -> str | None:
    """Give the Region that an event is of."""
    detail = body.get("detail")
    region = detail.get("awsRegion") if isinstance(detail, dict) else None
    found = region or body.get("region")
    return found if isinstance(found, str) and found else None


def shown(body: Body) -> str:
    """Name an event to a person."""
    detail = body.get("detail")
    name = detail.get("eventName") if isinstance(detail, dict) else None
    return json.dumps(name or body.get("detail-type") or "event")[1:-1][:100]
