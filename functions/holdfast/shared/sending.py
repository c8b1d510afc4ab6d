"""A queue as its producers see it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Self

from botocore.exceptions import ClientError

from holdfast.shared.clients import client, translate
from holdfast.shared.errors import TransientError

MOST_IN_ONE_CALL = 10


class Outgoing:
    """Send messages to a queue, which is `called` so in errors."""

    called = "the queue"

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    @classmethod
    def connect(cls, url: str) -> Self:
        """Open the queue at this address."""
        return cls(client("sqs"), url)

    def send(self, messages: Iterable[dict[str, Any]], *, delay_seconds: int = 0) -> int:
        """Send messages as they come, ten in a call, and count them.

        Raises `TransientError` if the queue did not take every one; those before may have been taken.
        """
        sent, waiting = 0, list[dict[str, Any]]()
        for message in messages:
            waiting.append(message)
            if len(waiting) == MOST_IN_ONE_CALL:
                sent += self._send(waiting, delay_seconds)
                waiting = []
        return sent + self._send(waiting, delay_seconds)

    def _send(self, messages: Sequence[dict[str, Any]], delay_seconds: int) -> int:
        if not messages:
            return 0
        delay = {"DelaySeconds": delay_seconds} if delay_seconds else {}
        lines = [
            {"Id": str(number), "MessageBody": json.dumps(message, allow_nan=False), **delay}
            for number, message in enumerate(messages)
        ]
        try:
            answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=lines)
        except ClientError as error:
            raise translate(error, f"sending to {self.called}") from error
        if failed := answer.get("Failed"):
            raise TransientError(f"{self.called} refused {len(failed)} messages: {failed[0].get('Code')}")
        return len(messages)
