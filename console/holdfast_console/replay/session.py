"""The local twin: the synthesised app, wired and running in this process, with a clock of its own.

    with Twin.start(Path("governance.yaml")) as twin:                 # synthesise (cached), install, make what exists
        twin.put("ml-data", "bike-demand/batches/7.parquet", data)    # a version id; S3 announces it
        twin.settle()                                                 # play until everything is quiet
        twin.advance(timedelta(minutes=20))                           # timers and runs on the way, settling after each
        twin.send(event)                                              # EventBridge, S3 notification, CloudTrail record
        twin.client("s3").put_bucket_policy(...)                      # an operator at work, seen by CloudTrail
        twin.sagemaker.next_run(fails="CapacityError: ...")           # script the next pipeline execution or job

    Twin.start(manifest, synthesis=None, stage="dev", start=..., seed=None, deliveries=1, collect=False, heard=None)
        manifest       path of governance.yaml (or governance.json)
        synthesis      templates and assets; None: synthesise the manifest now, or take it from the cache
        seed           shuffle what waits (events, messages, batches), reproducibly; None keeps the order of arrival
        deliveries     how often everything that is delivered at least once is delivered
        collect        list what is not granted in `twin.denied` instead of failing with `NotGranted`
        heard          called with each `Line` of the story as it happens

    twin.now, twin.region, twin.account, twin.manifest
    twin.put(bucket, key, data, **put_object_arguments) -> version id     twin.client(service) -> the operator's client
    twin.unseen()           a block in which CloudTrail tells of nothing
    twin.send(event, bus="default")    twin.settle() -> int    twin.advance(delta, settle=True, ticks_every=None)
    twin.sagemaker          the fake SageMaker: `next_run(...)`, `runs` (all pipeline executions and training jobs)
    twin.trace              list[Line], each `line.text()` or `line.record()`: event → function → decision → effect
    twin.ledger_entries(stream=None) -> list[Entry], in the order of commit      twin.export_ledger(path)
    twin.notifications() -> list[Notification] (at, topic, subject, message, attributes, subscribers)
    twin.dead_letters() -> list[DeadLetter] (queue, body, reason, receives)
    twin.lost               deliveries that reached nobody     twin.stranded() -> messages by queue that nothing empties
    twin.ignored            lines of events that nothing took, or acted on, each with the reason
    twin.proof (PermissionProof), twin.denied, twin.unused_grants() -> list[Grant], twin.unused_rules()
    twin.function(name) -> InstalledFunction, by construct ("BatchJudge")
    twin.installation       all that is installed
    twin.gate.fault         called with (call, "before" | "after") around every function's call; it may raise
    twin.events, twin.seconds: how many events and messages were played, and how long that took

Anything not granted fails the twin: an edge when it starts, a call or delivery at the end of its `settle`.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Self
from unittest.mock import patch

from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_api._internal import mock_random

from holdfast.ledger.contract import Entry
from holdfast.manifest import Manifest
from holdfast.shared import clients
from holdfast.shared.errors import ConfigurationError, IntegrityError
from holdfast_console.replay import incoming, trail, world
from holdfast_console.replay.bus import listening
from holdfast_console.replay.child import Children
from holdfast_console.replay.clock import VirtualClock
from holdfast_console.replay.courier import Courier
from holdfast_console.replay.gate import Call, Gate
from holdfast_console.replay.incoming import identifier_of
from holdfast_console.replay.installer import install
from holdfast_console.replay.poller import Outcome, QueuePoller, StreamPoller, failures
from holdfast_console.replay.proof import Grant, PermissionProof
from holdfast_console.replay.queues import DeadLetter, Queues, unheard
from holdfast_console.replay.router import Event, Router
from holdfast_console.replay.runner import InProcess, Runner
from holdfast_console.replay.sagemaker import FakeSageMaker
from holdfast_console.replay.schedules import ticks
from holdfast_console.replay.site import EventSource, InstalledFunction, InstalledRule, Site
from holdfast_console.replay.storage import Change, Storage
from holdfast_console.replay.strict import strict
from holdfast_console.replay.templates import Synthesis
from holdfast_console.replay.templates import synthesis as synthesised
from holdfast_console.replay.trace import Line, Trace, label, why_failed
from holdfast_console.replay.wiring import EdgeKind

START = datetime(2026, 1, 5, tzinfo=UTC)
REGION = "eu-west-1"
DEFAULT_BUS = "default"
MOST_ROUNDS = 100_000
SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notification:
    """A message published on a topic, and who was subscribed to it."""

    at: datetime
    topic: str
    subject: str
    message: str
    attributes: Mapping[str, str]
    subscribers: tuple[str, ...]


class Twin:
    """One deployment of the app, running here."""

    def __init__(
        self, manifest: Manifest, made: Synthesis, *, start: datetime, seed: int | None, deliveries: int, collect: bool,
        heard: Callable[[Line], None] | None, python: Path | None,
    ) -> None:  # fmt: skip
        self.manifest, self.account, self.region = manifest, made.account or DEFAULT_ACCOUNT_ID, made.region or REGION
        self._made, self._collect, self._deliveries, self._python = made, collect, deliveries, python
        self._random = None if seed is None else Random(seed)  # noqa: S311 - an order, not a secret
        self._clock = VirtualClock(start)
        self._told: list[Notification] = []
        self._is_live, self._is_told = False, True
        self.events, self.seconds = 0, 0.0
        self.trace_of = Trace(lambda: self.now, heard or unheard)
        self.sagemaker = FakeSageMaker(self._clock, self._say_sagemaker)
        self.installation = Site(account=self.account, region=self.region, assets=made.assets)
        self._queues = Queues(self.account, self.installation.redrives, self._random, self._wake, self._bury)
        self._courier = Courier(self._queues, deliveries=deliveries, say=self._line)
        self.gate = Gate(allow=self._courier.allow, seen=self._seen)
        self._storage = Storage(to_bus=self._say_storage, to_target=self._notify)

    @classmethod
    @contextmanager
    def start(
        cls,
        manifest: Path | str,
        *,
        synthesis: Synthesis | None = None,
        stage: str = "dev",
        start: datetime = START,
        seed: int | None = None,
        deliveries: int = 1,
        collect: bool = False,
        heard: Callable[[Line], None] | None = None,
        python: Path | None = None,
    ) -> Iterator[Self]:
        """Put the app of a manifest up, and take it down at the end of the block."""
        made = synthesis or synthesised(Path(manifest), stage)
        twin = cls(
            Manifest.load(manifest),
            made,
            start=start,
            seed=seed,
            deliveries=deliveries,
            collect=collect,
            heard=heard,
            python=python,
        )
        with ExitStack() as stack:
            twin._enter(stack)
            yield twin

    # -- what a story does ------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Give the twin's present moment."""
        return self._clock.now

    def client(self, service: str) -> Any:
        """Give the operator's client of a service."""
        return self.installation.client(service)

    def put(self, bucket: str, key: str, data: bytes, **arguments: Any) -> str:
        """Put an object and give its version id; S3 announces it as the bucket is configured to."""
        return str(
            self.client("s3").put_object(Bucket=bucket, Key=key, Body=data, **arguments).get("VersionId", "null")
        )

    def send(self, event: Mapping[str, Any], *, bus: str = DEFAULT_BUS) -> None:
        """Send a recorded event in by the door it would come through."""
        for way, part in incoming.doors(event):
            if way is incoming.Way.BUS:
                self._router.put(part, bus)
            elif way is incoming.Way.TIMER:
                for rule in self._timers():
                    self._router.fire(rule, part)
            elif way is incoming.Way.QUEUE:
                self._courier.fill(world.judge_queue(self.installation), json.dumps(part))
            else:
                self._line("ignored", label(part), way.value)

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Let CloudTrail tell of nothing that is done in the block, as it sometimes does: events are best effort."""
        self._is_told, before = False, self._is_told
        try:
            yield
        finally:
            self._is_told = before

    def settle(self) -> int:
        """Play until everything is quiet, and give how many events and messages that took."""
        before, began = self.events, time.perf_counter()
        for _ in range(MOST_ROUNDS):
            if not self._round():
                break
        else:
            raise IntegrityError(f"the app is not quiet after {MOST_ROUNDS} rounds: it feeds itself")
        self.seconds += time.perf_counter() - began
        self._fail_if_denied()
        return self.events - before

    def advance(self, delta: timedelta, *, settle: bool = True, ticks_every: timedelta | None = None) -> None:
        """Let time pass, with timers and runs on the way; `ticks_every` leaves out a timer's closer ticks."""
        between: Callable[[], object] = self.settle if settle else (lambda: None)
        between()
        self._clock.advance(delta, between=between, apart=ticks_every or timedelta(0))
        between()

    # -- what came of it --------------------------------------------------------------------------------------------

    @property
    def trace(self) -> list[Line]:
        """Give the story so far."""
        return self.trace_of.lines

    def ledger_entries(self, stream: str | None = None) -> list[Entry]:
        """Read the ledger, in the order in which it was written."""
        items = [item["entry"]["S"] for item in self._ledger_items() if item["sk"]["S"].startswith("entry#")]
        order = {entry.decision_id: at for at, entry in enumerate(self.trace_of.entries)}
        entries = sorted(map(Entry.model_validate_json, items), key=lambda entry: order.get(entry.decision_id, -1))
        return [entry for entry in entries if stream is None or entry.stream == stream]

    def export_ledger(self, path: Path) -> None:
        """Write the ledger's table as DynamoDB exports it, for `holdfast ledger verify`."""
        path.write_text("".join(f"{json.dumps({'Item': item})}\n" for item in self._ledger_items()))

    def notifications(self) -> list[Notification]:
        """Give what was published on topics."""
        return list(self._told)

    def dead_letters(self) -> list[DeadLetter]:
        """Give what lies in dead-letter queues."""
        return list(self._queues.dead)

    def stranded(self) -> dict[str, int]:
        """Count messages in queues that something fills and nothing empties."""
        filled = {
            edge.target for edge in self.installation.edges if edge.kind in (EdgeKind.RULE, EdgeKind.NOTIFICATION)
        }
        emptied = {poller.source.source for poller in self._queue_pollers}
        depths = {arn: self._queues.depth(arn) for arn in sorted(filled - emptied) if self._queues.exists(arn)}
        return {arn: depth for arn, depth in depths.items() if depth}

    @property
    def denied(self) -> list[ConfigurationError]:
        """Give what was not granted."""
        return self._courier.denied

    @property
    def lost(self) -> list[str]:
        """Give what reached nobody, each with the reason."""
        return self._courier.lost

    @property
    def ignored(self) -> list[Line]:
        """Give the events that nothing took or acted on, each with the reason."""
        return [line for line in self.trace if line.is_quiet]

    def unused_grants(self) -> list[Grant]:
        """Give what the template grants and nothing so far has needed."""
        return self.proof.unused()

    def unused_rules(self) -> list[str]:
        """Name the rules that are on and that no event so far has passed."""
        on = (rule.name for rule in self.installation.rules if rule.enabled)
        return [name for name in on if not self._router.fired[name]]

    def function(self, name: str) -> InstalledFunction:
        """Find a function by the name of its construct."""
        found = {function.name: function for function in self.installation.functions.values()}
        if name not in found:
            raise ConfigurationError(f"no function {name!r}, expected one of {', '.join(sorted(found))}")
        return found[name]

    # -- how it works -----------------------------------------------------------------------------------------------

    def _enter(self, stack: ExitStack) -> None:
        around = {
            **SURROUNDINGS,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "MOTO_ACCOUNT_ID": self.account,
        }
        stack.enter_context(patch.dict(os.environ, around))
        stack.callback(clients.forget)
        stack.enter_context(mock_aws())
        mock_random.seed(0)
        clients.forget()
        for context in (
            self._clock,
            strict(),
            self._storage.watched(),
            self.sagemaker.installed(),
            listening(self._put),
            self.gate.standing(),
        ):
            stack.enter_context(context)
        self._install(stack)
        self._is_live = True

    def _install(self, stack: ExitStack) -> None:
        site = self.installation
        world.build(self.manifest, site)
        install(self._made.templates, site=site)
        self._router = Router(site.rules, self._courier.deliver, random=self._random)
        self.proof = self._courier.proof = PermissionProof(site.wiring())
        world.announce(self.manifest, site)
        for edge in site.edges:
            self._courier.refusal(edge)
        self._fail_if_denied()
        self._runners(stack)
        for rule in self._timers():
            self._clock.every(ticks(str(rule.schedule), since=self.now), partial(self._tick, rule))

    def _runners(self, stack: ExitStack) -> None:
        self._in_process = InProcess(self.gate, region=self.region, identify=lambda: str(mock_random.uuid4()))
        more = {} if self._python is None else {"python": self._python}
        self._children = Children(
            allow=self._courier.allow, seen=self._seen, now=lambda: self.now, region=self.region, **more
        )
        stack.callback(self._in_process.close)
        stack.callback(self._children.close)
        site = self.installation
        self._queue_pollers = [
            QueuePoller(source, self._queues, self._invoke, self._courier.lose)
            for source in site.sources
            if source.enabled and _is_queue(source)
        ]
        self._stream_pollers = [
            StreamPoller(source, self._queues, self._invoke, account=self.account, deliveries=self._deliveries)
            for source in site.sources if source.enabled and not _is_queue(source)
        ]  # fmt: skip

    def _round(self) -> int:
        """Route what waits, then let every stream and queue give one batch."""
        played = 0
        for routed in self._router.route():
            played += 1
            if not routed.rules:
                self._line("unrouted", label(routed.event), f"no rule of the {routed.bus} bus takes it")
        pollers: list[StreamPoller | QueuePoller] = [*self._stream_pollers, *self._queue_pollers]
        if self._random is not None:
            self._random.shuffle(pollers)
        played += sum(poller.poll() for poller in pollers)
        self.events += played
        return played

    def _invoke(self, source: EventSource, event: dict[str, Any]) -> Outcome:
        function = self.installation.functions[source.function]
        runner: Runner = self._children if function.is_image else self._in_process
        outcome, logs = runner.run(function, event)
        bodies = {identifier_of(record): incoming.body_of(record) for record in event["Records"]}
        failed = failures(outcome, list(bodies), reports=source.reports_failures)
        reasons = {each: outcome.error or why_failed(logs, each) for each in bodies if each in failed}
        self.trace_of.invoked(function.name, bodies, logs, reasons)
        return replace(outcome, reasons=reasons)

    def _timers(self) -> list[InstalledRule]:
        return [rule for rule in self.installation.rules if rule.schedule is not None and rule.enabled]

    def _tick(self, rule: InstalledRule) -> None:
        self._router.fire(rule, self._event("Scheduled Event", "aws.events", [rule.arn], {}))

    def _wake(self, moment: datetime) -> None:
        """Look again when a delayed message may be received."""
        self._clock.at(moment, lambda: None)

    def _bury(self, dead: DeadLetter) -> None:
        self._line("dead letter", label(incoming.parsed(dead.body)), dead.reason)

    def _notify(self, bucket_arn: str, target_arn: str, record: dict[str, Any]) -> None:
        """Deliver an S3 notification, unless the bucket is only being set up."""
        if self._courier.proof is not None:
            self._courier.notify(bucket_arn, target_arn, record)

    def _put(self, event: Event, bus: str) -> None:
        if self._is_live:
            self._router.put(event, bus)

    def _say_sagemaker(self, detail_type: str, resources: list[str], detail: dict[str, Any]) -> None:
        self._put(self._event(detail_type, "aws.sagemaker", resources, detail), DEFAULT_BUS)

    def _say_storage(self, change: Change) -> None:
        event = self._event(str(change.detail_type), "aws.s3", [f"arn:aws:s3:::{change.bucket}"], change.detail())
        if change.region == self.region:
            self._put(event, DEFAULT_BUS)
        elif self._is_live:
            self._line("unrouted", label(event), f"it is announced in {change.region}, where nothing is deployed")

    def _event(self, detail_type: str, source: str, resources: list[str], detail: dict[str, Any]) -> dict[str, Any]:
        return {
            "version": "0",
            "id": str(mock_random.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self.account,
            "time": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.region,
            "resources": resources,
            "detail": detail,
        }

    def _fail_if_denied(self) -> None:
        if self.denied and not self._collect:
            raise self.denied[0]

    def _seen(self, call: Call) -> None:
        self.trace_of.note(call)
        if not self._is_live:
            return
        if (call.service, call.operation) == ("sns", "Publish") and call.error is None:
            self._hear(call.params)
        record = trail.recorded(call, account=self.account, event_id=str(mock_random.uuid4()), now=self.now)
        if record is not None and call.region == self.region and self._is_told:
            self._router.put(trail.wrapped(record), DEFAULT_BUS)

    def _hear(self, params: Mapping[str, Any]) -> None:
        attributes = {
            name: str(value.get("StringValue")) for name, value in params.get("MessageAttributes", {}).items()
        }
        topic = str(params["TopicArn"])
        listeners = tuple(self.installation.subscriptions.get(topic, ()))
        self._told.append(
            Notification(self.now, topic, str(params.get("Subject", "")), str(params["Message"]), attributes, listeners)
        )

    def _line(self, kind: str, event: str, reason: str) -> None:
        self.trace_of.say(Line(self.now, kind, event, reason=reason))

    def _ledger_items(self) -> list[dict[str, Any]]:
        table = self.function("LedgerPublisher").environment["HOLDFAST_LEDGER_TABLE"]
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]


def _is_queue(source: EventSource) -> bool:
    return source.source.split(":")[2] == "sqs"
