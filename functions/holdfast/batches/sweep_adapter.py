"""The judge's queue in SQS: where the sweep and the backfill say what waits for a verdict."""

import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from holdfast.shared.clients import client, translate
from holdfast.shared.errors import TransientError

MOST_IN_ONE_CALL = 10


class JudgeQueue:
    """Send the judge what it has not judged."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs = sqs
        self._url = url

    @classmethod
    def connect(cls, url: str) -> "JudgeQueue":
        """Open the queue at this address."""
        return cls(client("sqs"), url)

    def send(self, events: Sequence[dict[str, Any]]) -> None:
        """Send events, ten in a call; raises `TransientError` if the queue did not take every one."""
        for first in range(0, len(events), MOST_IN_ONE_CALL):
            lines = [
                {"Id": str(number), "MessageBody": json.dumps(event, allow_nan=False)}
                for number, event in enumerate(events[first : first + MOST_IN_ONE_CALL])
            ]
            try:
                answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=lines)
            except ClientError as error:
                raise translate(error, "sending to the judge's queue") from error
            if failed := answer.get("Failed"):
                raise TransientError(f"the judge's queue refused {len(failed)} messages: {failed[0].get('Code')}")
