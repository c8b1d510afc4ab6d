"""Between a queue and a handler: one message at a time, each failing alone.

Entry points import this room before any other: Powertools makes the models of its parser, of which nothing here is
used, if it finds pydantic there already.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

import holdfast.shared.collector  # noqa: F401 - what is imported below is not looked over for garbage

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
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
            def record_handler(record: SQSRecord) -> None:
                logger.append_keys(message_id=record.message_id)
                body = parse(record.body)
                if body.get("Event") == "s3:TestEvent":
                    logger.info("s3 test event acknowledged")
                    return
                attempt = int(record.attributes.approximate_receive_count or 1)
                function(Message(body, record.message_id, attempt), context)

            processor = BatchProcessor(
                event_type=EventType.SQS, raise_on_entire_batch_failure=False, logger=cast("logging.Logger", logger)
            )
            return dict(process_partial_response(event, record_handler, processor, context))

        return handler

    return decorate
