"""The story a twin tells: event → function → decision → effect, one line each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from holdfast.ledger.contract import Entry
from holdfast_console.replay.gate import Call

READS = ("Get", "List", "Head", "Describe", "Query", "Scan", "BatchGet")
OWN = frozenset({("dynamodb", "TransactWriteItems"), ("dynamodb", "DeleteItem")})
ANNOUNCED = "announced"
QUIET = frozenset({"ignored", "unrouted", ANNOUNCED})
MODULE = re.compile(r"^(?:\w+\.)+(?=\w+:)")
NAMED = ("Key", "TopicArn", "PipelineName", "TrainingJobName", "QueueUrl", "Bucket")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story.

    `kind` is decision, effect, announced, ignored, failed, dead letter, unrouted, lost or denied.
    """

    at: datetime
    kind: str
    event: str
    function: str | None = None
    entry: Entry | None = None
    effects: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_quiet(self) -> bool:
        """Tell whether it may be left out of a story: nothing came of it, or only what the ledger does for itself."""
        return self.kind in QUIET

    def text(self) -> str:
        """Tell it in one line."""
        parts = [self.event]
        if self.function is not None:
            parts.append(self.function)
        if self.entry is not None:
            parts.append(f"{self.entry.kind} #{self.entry.sequence} {self.entry.outcome}: {self.entry.reason}")
        elif self.kind not in ("effect", ANNOUNCED):
            parts.append(f"{self.kind}: {self.reason}")
        parts.extend(self.effects)
        return f"{self.at:%Y-%m-%d %H:%M}  " + " → ".join(parts)

    def record(self) -> dict[str, Any]:
        """Tell it as a JSON line."""
        told: dict[str, Any] = {
            "at": self.at.isoformat(),
            "kind": self.kind,
            "event": self.event,
            "function": self.function,
        }
        if self.entry is not None:
            told["decision"] = {
                "id": self.entry.decision_id,
                "stream": self.entry.stream,
                "sequence": self.entry.sequence,
                "kind": self.entry.kind,
                "subject": self.entry.subject,
                "outcome": self.entry.outcome,
            }
        return {
            **told,
            "effects": list(self.effects),
            "reason": self.entry.reason if self.entry is not None else self.reason,
        }


def _keep_quiet(line: Line) -> None:
    """Tell nobody."""


@dataclass
class Trace:
    """Gathers what happens while functions run."""

    now: Callable[[], datetime]
    heard: Callable[[Line], None] = _keep_quiet
    lines: list[Line] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    _steps: list[Entry | str] = field(default_factory=list)

    def say(self, line: Line) -> None:
        """Add a line."""
        self.lines.append(line)
        self.heard(line)

    def note(self, call: Call) -> None:
        """Take in a call: an entry that a function or a person commits, or an effect that a function has."""
        if call.error is not None:
            return
        committed = entries_of(call)
        self.entries.extend(committed)
        if call.caller is None:
            for entry in committed:
                self.say(Line(self.now(), "decision", "by hand", entry.actor, entry))
            return
        self._steps.extend(committed)
        if not committed and (call.service, call.operation) not in OWN and not call.operation.startswith(READS):
            self._steps.append(effect_of(call))

    def invoked(
        self, function: str, bodies: Mapping[str, Any], logs: list[dict[str, Any]], failed: Mapping[str, str]
    ) -> None:
        """Tell what one invocation came to, message by message; `bodies` and `failed` are by message id."""
        steps, self._steps = self._steps, []
        told: set[str] = set()
        effects: list[str] = []
        for step in steps:
            if isinstance(step, str):
                effects.append(step)
                continue
            cause = caused(step, bodies)
            told.add(cause)
            self._line("decision", function, bodies.get(cause), entry=step, effects=effects)
            effects = []
        if effects:
            told |= self._effects(
                function, bodies, effects, [each for each in bodies if each not in told | failed.keys()]
            )
        for message, body in bodies.items():
            if message in failed:
                self._line("failed", function, body, reason=failed[message])
            elif message not in told:
                self._line("ignored", function, body, reason=last_said(logs, message))

    def _effects(self, function: str, bodies: Mapping[str, Any], effects: list[str], left: list[str]) -> set[str]:
        """Tell of effects that no decision followed: one a message where they are as many, else all of the first."""
        if all(effect.startswith(ANNOUNCED) for effect in effects):
            self._line(ANNOUNCED, function, bodies.get(left[0] if left else next(iter(bodies))), effects=effects)
            return set(left)
        if len(effects) == len(left):
            for message, effect in zip(left, effects, strict=True):
                self._line("effect", function, bodies[message], effects=[effect])
            return set(left)
        cause = left[0] if left else list(bodies)[-1]
        self._line("effect", function, bodies[cause], effects=effects)
        return {cause}

    def _line(
        self,
        kind: str,
        function: str,
        body: Any,
        *,
        entry: Entry | None = None,
        effects: list[str] | None = None,
        reason: str = "",
    ) -> None:
        self.say(Line(self.now(), kind, label(body), function, entry, tuple(effects or ()), reason))


def entries_of(call: Call) -> list[Entry]:
    """Find the ledger entries that a transaction writes."""
    if (call.service, call.operation) != ("dynamodb", "TransactWriteItems"):
        return []
    items = [each.get("Put", {}).get("Item", {}) for each in call.params["TransactItems"]]
    return [
        Entry.model_validate_json(item["entry"]["S"])
        for item in items
        if item.get("sk", {}).get("S", "").startswith("entry#")
    ]


def effect_of(call: Call) -> str:
    """Say in a few words what a call does."""
    if call.operation == "PutEvents":
        return f"{ANNOUNCED} {', '.join(str(entry.get('DetailType')) for entry in call.params['Entries'])}"
    thing = next((str(call.params[name]) for name in NAMED if name in call.params), "")
    return f"{call.service} {call.operation} {thing.rsplit('/', 1)[-1] if call.service == 'sqs' else thing}".strip()


def caused(entry: Entry, bodies: Mapping[str, Any]) -> str:
    """Find the message that an entry follows from, by the cause it names."""
    if len(bodies) == 1:
        return next(iter(bodies))
    for message, body in bodies.items():
        if errand_of(body) == f"look at {entry.subject}":
            return message
        detail = body.get("detail", {}) if isinstance(body, dict) else {}
        known = {message, body.get("id") if isinstance(body, dict) else None}
        known |= {detail.get("decision_id"), detail.get("correlation_id")} if isinstance(detail, dict) else set()
        if entry.cause in known:
            return message
    return ""


def why_failed(logs: list[dict[str, Any]], message: str) -> str:
    """Find the exception that a function logged of a message, or of anything."""
    raised = [line for line in logs if line.get("exception_name")]
    of_message = [line for line in raised if line.get("message_id") == message] or raised
    if not of_message:
        return "the function reported that it failed"
    said = str(of_message[-1].get("exception", "")).strip().rsplit("\n", 1)[-1] or str(of_message[-1]["exception_name"])
    return MODULE.sub("", said)


def last_said(logs: list[dict[str, Any]], message: str) -> str:
    """Give the last thing a function logged of a message."""
    said = [line for line in logs if line.get("message_id") == message and line.get("level") != "DEBUG"]
    if not said:
        return "nothing new"
    last = said[-1]
    return " ".join(str(last[name]) for name in ("message", "reason") if last.get(name)).removeprefix("ignored: ")


def label(body: Any) -> str:
    """Name an event in a few words."""
    if not isinstance(body, dict):
        return str(body)[:80] if body is not None else "a message"
    detail = body.get("detail")
    if isinstance(detail, dict) and "detail-type" in body:
        return f"{body['detail-type']} {_of(detail)}".strip()
    if (
        isinstance(records := body.get("Records"), list)
        and records
        and isinstance(records[0], dict)
        and "s3" in records[0]
    ):
        s3 = records[0]["s3"]
        return f"{records[0].get('eventName')} s3://{s3['bucket']['name']}/{unquote_plus(s3['object']['key'])}"
    return str(body.get("Event") or errand_of(body) or json.dumps(body, default=str)[:80])


def errand_of(body: Any) -> str | None:
    """Name an errand of the compliance sweep in a few words; `None` for what is none."""
    look, sweep = (body.get(name) if isinstance(body, dict) else None for name in ("look", "sweep"))
    if isinstance(look, dict):
        return f"look at {look.get('kind')}/{look.get('name')}"
    return f"sweep of {sweep.get('kind', 'what is on record')}" if isinstance(sweep, dict) else None


def _of(detail: Mapping[str, Any]) -> str:
    if "decision_id" in detail:
        return f"{detail.get('subject')} {detail.get('outcome')}"
    if "object" in detail and "bucket" in detail:
        return f"s3://{detail['bucket'].get('name')}/{detail['object'].get('key')}"
    if "eventName" in detail:
        return f"{detail['eventName']} {(detail.get('requestParameters') or {}).get('bucketName', '')}".strip()
    for status, name in (("currentPipelineExecutionStatus", "pipelineArn"), ("TrainingJobStatus", "TrainingJobName")):
        if status in detail:
            return f"{str(detail.get(name)).rsplit('/', 1)[-1]} {detail[status]}"
    return ""
