"""Between a queue and a handler: one message at a time, each failing alone.

Powertools' batch processor does the same, and half of a function's cold start was its import.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from types import TracebackType
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError

Body = dict[str, Any]
Handler = Callable[[Body, LambdaContext], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue: its JSON object, its id and how often it was received."""

    body: Body
    id: str
    attempt: int


class Border:
    """Around one message: whatever goes wrong with it is kept here, and the next message does not suffer."""

    error: Exception | None = None

    def __enter__(self) -> "Border":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None


def parse(text: str) -> Body:
    """Read a message's text as a JSON object without NaN, or raise `ContractError`."""
    body = read(text)
    if not isinstance(body, dict):
        raise ContractError(f"the message is a JSON {type(body).__name__}, expected an object")
    return body


def each_message(logger: Logger) -> Callable[[Callable[[Message, LambdaContext], None]], Handler]:
    """Wrap a function of one message into a handler that reports which messages of a batch failed."""

    def decorate(function: Callable[[Message, LambdaContext], None]) -> Handler:
        @wraps(function)
        def handler(event: Body, context: LambdaContext) -> dict[str, Any]:
            failed = []
            for record in _records(event):
                named: str = record["messageId"]
                logger.append_keys(message_id=named)
                with Border() as border:
                    message = _message(record)
                    if message.body.get("Event") == "s3:TestEvent":
                        logger.info("s3 test event acknowledged")
                    else:
                        function(message, context)
                if border.error is not None:
                    logger.warning("message failed, its queue will bring it again", exc_info=border.error)
                    failed.append({"itemIdentifier": named})
            return {"batchItemFailures": failed}

        return handler

    return decorate


def _records(event: object) -> list[dict[str, Any]]:
    """Give what a queue delivered; anything else is never taken for done."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not isinstance(records, list) or not records:
        raise ContractError("the event holds no records of a queue, expected at least one")
    return records


def _message(record: dict[str, Any]) -> Message:
    attempt = int(record["attributes"].get("ApproximateReceiveCount") or 1)
    return Message(parse(record["body"]), record["messageId"], attempt)
