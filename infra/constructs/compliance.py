"""Judge every resource in scope when it changes, once more when the change has spread, and in a sweep."""

from collections.abc import Iterable

from aws_cdk import Duration, Stack
from constructs import Construct

from holdfast.compliance import catalogue
from holdfast.compliance.doors import TELLING
from holdfast.compliance.facts import Call
from holdfast.compliance.hints import PATTERNS
from holdfast.compliance.settings import ComplianceSettings, SweeperSettings
from infra.constructs.governed_function import GovernedFunction, QueuedFunction, Size
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame
from infra.patterns import calls

READ_ONLY = "compliance judges every resource of a kind, by what this role can only read"
NO_NARROWER = "neither tracing nor what is asked of the whole account can be granted on a narrower resource"
SPREAD_SECONDS = 120
EVERY = Duration.hours(6)
OWN_NEWS = {"": {"source": ["aws.sagemaker"], "detail-type": sorted(TELLING)}}


class Compliance(Construct):
    """A judge that may read what its controls declare, and a sweeper that may list, and no more."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess) -> None:
        super().__init__(scope, construct_id)
        self._frame, self._ledger, self._stack = frame, ledger, Stack.of(self)
        self._kinds = catalogue.every_kind().values()
        self.judge = self._judge()
        self.sweeper = self._sweeper()

    def _judge(self) -> QueuedFunction:
        settings = ComplianceSettings.environment(**self._here())
        judge = QueuedFunction(
            self, "ComplianceJudge", frame=self._frame, handler="holdfast.compliance.judge.lambda_handler",
            environment={**self._ledger.environment("ComplianceJudge"), **settings},
        )  # fmt: skip
        later = judge.takes_later("Later", seconds=SPREAD_SECONDS)
        for source in sorted({source for kind in self._kinds for source in kind.sources}):
            names = (catalogue.events_of(kind.id) for kind in self._kinds if source in kind.sources)
            judge.inbox.receives(_named("Changed", source), calls(source, frozenset().union(*names)), also=[later])
        judge.inbox.receives("OwnNews", OWN_NEWS, also=[later])
        judge.inbox.receives("Hint", PATTERNS)
        let_ask(judge, needed())
        self._ledger.let_commit(judge, "compliance", notes_open=["compliance"])
        return judge

    def _sweeper(self) -> QueuedFunction:
        queue = self.judge.inbox.queue
        sweeper = QueuedFunction(
            self, "ComplianceSweeper", frame=self._frame, handler="holdfast.compliance.sweeper.lambda_handler",
            environment=self._ledger.environment("ComplianceSweeper"),
            size=Size(timeout_seconds=300, batch_size=1, most_at_once=2), feeds_itself=True,
        )  # fmt: skip
        own = sweeper.inbox.queue
        told = SweeperSettings.environment(
            **self._here(), look_queue_url=queue.queue_url, sweep_queue_url=own.queue_url
        )
        for name, value in told.items():
            sweeper.function.add_environment(name, value)
        sweeper.inbox.ticks("EverySixHours", every=EVERY)
        for source in sorted({source for kind in self._kinds for source in kind.sources if kind.rejudges}):
            names = {name for kind in self._kinds if source in kind.sources for name in kind.rejudges}
            sweeper.inbox.receives(_named("AllConcerned", source), calls(source, names))
        let_ask(sweeper, {call for kind in self._kinds for call in kind.lists})
        sweeper.may("SendErrands", {"sqs:SendMessage"}, on=[queue.queue_arn, own.queue_arn])
        sweeper.use_key("SealMessages", [self._frame.messages_key.key_arn], by="sqs", encrypt=True)
        self._ledger.let_list_open(sweeper, "compliance")
        return sweeper

    def _here(self) -> dict[str, str]:
        return {"account": self._stack.account, "region": self._stack.region, "partition": self._stack.partition}


def let_ask(function: GovernedFunction, asked: Iterable[Call]) -> None:
    """Grant the permissions of calls, in one statement for each place they are granted on."""
    places: dict[tuple[str, str], set[str]] = {}
    for call in asked:
        places.setdefault(_place(call, Stack.of(function)), set()).add(call.permission)
    for (sid, place), permissions in sorted(places.items()):
        function.may(sid, permissions, on=[place], because=NO_NARROWER if place == "*" else READ_ONLY)


def _place(call: Call, stack: Stack) -> tuple[str, str]:
    """Give where a call is granted, and what the statement of that is called."""
    buckets, service = f"arn:{stack.partition}:s3:::*", call.permission.partition(":")[0]
    if call.level == "bucket":
        return "AskOfBuckets", buckets
    if call.level == "object":
        return "AskOfObjects", f"{buckets}/*"
    if call.level != "service":
        return "AskOfAll", "*"
    here, kinds = f"{call.region or stack.region}:{stack.account}", "accesspoint/" if service == "s3" else ""
    sid = f"AskOf{service.title()}{(call.region or '').title().replace('-', '')}"
    return sid, f"arn:{stack.partition}:{service}:{here}:{kinds}*"


def needed() -> set[Call]:
    """Name every call that a judgement can take: of controls, of scopes by tag, and of waivers that match nothing."""
    kinds, controls = catalogue.every_kind().values(), catalogue.every_control().values()
    of_kinds = [read for kind in kinds for read in (kind.described, kind.tags) if read is not None]
    reads = [*of_kinds, *(read for control in controls for read in control.reads)]
    return {call for read in reads for call in read.calls} | {call for kind in kinds for call in kind.lists}


def _named(what: str, source: str) -> str:
    return what + "".join(part.title() for part in source.replace("-", ".").split(".")[1:])
