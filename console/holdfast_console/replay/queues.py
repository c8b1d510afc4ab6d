"""Queues as a consumer sees them: what moto was sent, taken at once, with receive counts and dead letters.

moto looks through a whole queue for each message it hands out, and its visibility timeouts never end while time stands
still. So messages are taken from moto as they come and kept here; dead letters go back to moto, where boto3 shows them.
A message that fails is tried again at once, without waiting for the visibility timeout.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from moto.sqs.models import sqs_backends

Attributes = dict[str, dict[str, str]]


@dataclass(slots=True)
class Waiting:
    """A message in a queue."""

    id: str
    body: str
    attributes: Attributes
    sent_ms: int
    first_received_ms: int | None = None
    receives: int = 0


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that a person must look at: where it lies, what it is, and why it lies there."""

    queue: str
    body: str
    reason: str
    receives: int


def unheard(said: object) -> None:
    """Take no notice."""


@dataclass
class Queues:
    """Every queue of the app."""

    account: str
    redrives: Mapping[str, tuple[str, int]]
    random: Random | None = None
    on_delay: Callable[[datetime], None] = unheard
    on_dead: Callable[[DeadLetter], None] = unheard
    _waiting: dict[str, deque[Waiting]] = field(default_factory=dict)
    _queues: dict[str, Any] = field(default_factory=dict)
    dead: list[DeadLetter] = field(default_factory=list)

    def exists(self, arn: str) -> bool:
        """Tell whether there is such a queue."""
        return arn.startswith("arn:aws:sqs:") and arn.rsplit(":", 1)[-1] in self._backend(arn).queues

    def send(self, arn: str, body: str, attributes: Attributes | None = None) -> None:
        """Send a message as a service does."""
        self._backend(arn).send_message(arn.rsplit(":", 1)[-1], body, message_attributes=attributes)

    def receive(self, arn: str, most: int) -> list[Waiting]:
        """Take the next messages; they are gone from the queue until they are put back."""
        waiting = self._take(arn)
        if self.random is not None and len(waiting) > 1:
            shuffled = list(waiting)
            self.random.shuffle(shuffled)
            waiting = self._waiting[arn] = deque(shuffled)
        batch = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        for message in batch:
            message.receives += 1
            message.first_received_ms = message.first_received_ms or _milliseconds()
        return batch

    def fail(self, arn: str, message: Waiting, reason: str) -> bool:
        """Put a message back, or with the dead letters if it was received too often; tell whether it is dead."""
        dead_letters, most = self.redrives.get(arn, ("", 0))
        if not dead_letters or message.receives < most:
            self._take(arn).append(message)
            return False
        self.send(dead_letters, message.body, message.attributes)
        self._keep(DeadLetter(dead_letters, message.body, reason, message.receives))
        return True

    def bury(self, arn: str, body: str, reason: str, attributes: Attributes) -> None:
        """Put what could not be delivered with the dead letters."""
        self.send(arn, body, attributes)
        self._keep(DeadLetter(arn, body, reason, 0))

    def depth(self, arn: str) -> int:
        """Count what waits in a queue and may be received now."""
        return len(self._take(arn))

    def _keep(self, dead: DeadLetter) -> None:
        self.dead.append(dead)
        self.on_dead(dead)

    def _take(self, arn: str) -> deque[Waiting]:
        """Take over what moto was sent since."""
        waiting = self._waiting.setdefault(arn, deque())
        if arn not in self._queues:
            self._queues[arn] = self._backend(arn).queues[arn.rsplit(":", 1)[-1]]
        queue = self._queues[arn]
        if queue._messages:
            now, kept = _milliseconds(), []
            for message in queue._messages:
                if message.delayed_until > now:
                    kept.append(message)
                    self.on_delay(datetime.fromtimestamp(message.delayed_until / 1000, UTC))
                else:
                    waiting.append(
                        Waiting(message.id, message.body, message.message_attributes, int(message.sent_timestamp))
                    )
            queue._messages = kept
        return waiting

    def _backend(self, arn: str) -> Any:
        return sqs_backends[self.account][arn.split(":")[3]]


def _milliseconds() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
