"""Fetch what a Lambda Hook's request points to: a presigned URL of S3, and nothing else."""

import re
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import parse_qs, urlsplit

from holdfast.compliance.template.document import MOST_BYTES
from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError, TransientError

HOST = re.compile(r"([a-z0-9][a-z0-9.-]*\.)?s3([.-][a-z0-9-]+){0,3}\.amazonaws\.com(\.cn)?")
PATIENCE_SECONDS = 10
MOST_PAYLOAD = 3 * MOST_BYTES
Connect = Callable[..., HTTPConnection]


def fetched(url: str, connect: Connect = HTTPSConnection) -> bytes:
    """Read an object by its presigned URL: no other host, no redirect, no more than a bounded number of bytes."""
    host, place = _presigned(url)
    connection = connect(host, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", place)
        answer = connection.getresponse()
        content = answer.read(MOST_PAYLOAD + 1)
    except (HTTPException, OSError) as error:
        raise TransientError(f"the payload cannot be fetched from {host}: {type(error).__name__}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise TransientError(f"the payload cannot be fetched: {host} answered {answer.status}")
    return content


def template_of(url: str | None) -> str:
    """Give the template that a stack or a change set is to be made of, or raise a `GovernanceError`."""
    if url is None:
        raise ContractError("the request has no payload, expected a presigned URL")
    content = fetched(url)
    if len(content) > MOST_PAYLOAD:
        raise ContractError(f"the payload is larger than {MOST_PAYLOAD} bytes")
    try:
        payload = read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ContractError(f"the payload is not UTF-8 at byte {error.start}") from error
    template = payload.get("template") if isinstance(payload, dict) else None
    if not isinstance(template, str) or not template:
        raise ContractError("the payload holds no template, expected its text")
    return template


def _presigned(url: str) -> tuple[str, str]:
    """Take a URL apart, or raise `ContractError` if it is not a presigned one of S3."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ContractError("the payload's URL cannot be read") from error
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or not HOST.fullmatch(host) or port not in (None, 443) or parts.username is not None:
        raise ContractError(f"the payload is at {host[:100]!r}, expected https and a host of S3")
    if not {"X-Amz-Signature", "Signature"} & parse_qs(parts.query).keys():
        raise ContractError("the payload's URL is not presigned")
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise ContractError("the payload's URL cannot be read")
    return host, f"{parts.path or '/'}?{parts.query}"
