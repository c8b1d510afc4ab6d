"""All that is delivered or called passes the permission proof here; what does not arrive is dead or lost, and told."""

import json
from collections.abc import Callable
from typing import Any

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.gate import Call
from holdfast_console.replay.incoming import parsed
from holdfast_console.replay.proof import PermissionProof
from holdfast_console.replay.queues import Queues
from holdfast_console.replay.router import undelivered
from holdfast_console.replay.site import InstalledRule, Target
from holdfast_console.replay.trace import label
from holdfast_console.replay.wiring import Edge, EdgeKind

Say = Callable[[str, str, str], None]
"""Kind of line, event, reason."""


class Courier:
    """Delivers to queues what rules and buckets send, as often as it is told to, if their policies let it."""

    def __init__(self, queues: Queues, *, deliveries: int, say: Say) -> None:
        self._queues, self._deliveries, self._say = queues, deliveries, say
        self._refusals: dict[Edge, str | None] = {}
        self.proof: PermissionProof | None = None
        self.denied: list[ConfigurationError] = []
        self.lost: list[str] = []

    def allow(self, call: Call) -> str | None:
        """Hold a call against its caller's permissions; what is lacking is remembered, and said as AWS would."""
        if call.caller is None or self.proof is None:
            return None
        try:
            self.proof.check(call.caller.role_arn, call.service, call.operation, call.params, region=call.region)
        except ConfigurationError as error:
            return self._deny(error)
        return None

    def refusal(self, edge: Edge) -> str | None:
        """Say why an edge does not carry what is delivered along it, if so."""
        if edge not in self._refusals and self.proof is not None:
            try:
                self.proof.check_delivery(edge)
                self._refusals[edge] = None
            except ConfigurationError as error:
                self._refusals[edge] = self._deny(error)
        return self._refusals.get(edge)

    def deliver(self, target: Target, rule: InstalledRule, body: str) -> str | None:
        """Deliver for a rule, or put it with the target's dead letters and say why."""
        refusal = self._hindrance(Edge(EdgeKind.RULE, rule.arn, target.arn, target.role))
        if refusal is None:
            self.fill(target.arn, body)
        elif target.dead_letters is not None and not self._hindrance(_to_dead_letters(rule, target.dead_letters)):
            self._queues.bury(target.dead_letters, body, refusal, undelivered(rule, target, "NO_PERMISSIONS", refusal))
        else:
            self.lose(rule.arn, body, refusal)
        return refusal

    def notify(self, bucket_arn: str, target_arn: str, record: dict[str, Any]) -> None:
        """Deliver for a bucket; S3 keeps nothing that it cannot deliver."""
        refusal = self._hindrance(Edge(EdgeKind.NOTIFICATION, bucket_arn, target_arn))
        if refusal is None:
            self.fill(target_arn, json.dumps(record))
        else:
            self.lose(bucket_arn, json.dumps(record), refusal)

    def fill(self, queue_arn: str, body: str) -> None:
        """Put a message in a queue, as often as every delivery comes."""
        for _ in range(self._deliveries):
            self._queues.send(queue_arn, body)

    def lose(self, place: str, body: str, reason: str) -> None:
        """Remember what reached nobody."""
        self.lost.append(f"{place}: {reason}")
        self._say("lost", label(parsed(body)), reason)

    def _hindrance(self, edge: Edge) -> str | None:
        refusal = self.refusal(edge)
        if refusal is None and not self._queues.exists(edge.target):
            return f"{edge.target} does not exist"
        return refusal

    def _deny(self, error: ConfigurationError) -> str:
        self.denied.append(error)
        self._say("denied", "permission", str(error))
        return str(error)


def _to_dead_letters(rule: InstalledRule, queue: str) -> Edge:
    return Edge(EdgeKind.DEAD_LETTER, rule.arn, queue)
