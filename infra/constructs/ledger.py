"""The ledger seen from its functions: who reads it, who commits to it, and what announces its entries."""

import json
from collections.abc import Collection, Mapping

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from holdfast.ledger.contract import SOURCE, LedgerSettings, PublisherSettings
from infra.constructs.governed_function import GovernedFunction, QueuedFunction, Size
from infra.constructs.inbox import sealed_queue
from infra.frame import Frame
from infra.patterns import Pattern

FIVE_MINUTES = Duration.minutes(5)
MANIFEST_PATH = "/opt/governance.json"
NEW_IN_OUTBOX = json.dumps({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "outbox#"}]}}}})


class LedgerAccess(Construct):
    """The table, and the bus of its announcements, on which the publisher and the outbox timer alone may put."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, table: dynamodb.ITable) -> None:
        super().__init__(scope, construct_id)
        self.table = table
        self.bus = events.EventBus(self, "Bus", description="Announcements of the ledger's entries")
        settings = PublisherSettings.environment(ledger_table=table.table_name, bus=self.bus.event_bus_name)
        self.publisher = self._publisher(frame, settings)
        self.outbox = self._outbox(frame, settings)
        self._let_announce(self.publisher)
        self._let_announce(self.outbox)
        self._refuse_others()

    def environment(self, actor: str) -> dict[str, str]:
        """Give the variables of a function that commits in this name."""
        return LedgerSettings.environment(ledger_table=self.table.table_name, actor=actor, manifest=MANIFEST_PATH)

    def let_look_up(self, function: GovernedFunction) -> None:
        """Let a function read the entries of decisions it is told of."""
        function.may("LookUpInLedger", {"dynamodb:GetItem"}, on=[self.table.table_arn])
        self._use_table_key(function)

    def let_commit(self, function: GovernedFunction, *domains: str, notes_open: Collection[str] = ()) -> None:
        """Let a function read any stream, and commit to those of these domains only.

        Of the domains in which the ledger notes what is open it may also set and remove those notes.
        """
        self.let_look_up(function)
        function.may("ReadStreams", {"dynamodb:Query"}, on=[self.table.table_arn])
        noted = [f"open#{domain}#*" for domain in notes_open]
        written = [*(f"stream#{domain}#*" for domain in domains), "decision#*", "outbox#*", *noted]
        function.may("CommitToLedger", {"dynamodb:PutItem"}, on=[self.table.table_arn], when=_keys(written))
        if noted:
            function.may("CloseInLedger", {"dynamodb:DeleteItem"}, on=[self.table.table_arn], when=_keys(noted))

    def let_list_open(self, function: GovernedFunction, domain: str) -> None:
        """Let a function see which streams of a domain have something open, and nothing else."""
        function.may("ListOpen", {"dynamodb:Query"}, on=[self.table.table_arn], when=_keys([f"open#{domain}#*"]))
        self._use_table_key(function)

    def announced(self, kinds: Mapping[str, Collection[str] | None]) -> dict[str, Pattern]:
        """Match announcements of these kinds, each with these outcomes or, where none are named, any."""
        choices = [
            {"detail-type": [kind], **({"detail": {"outcome": sorted(outcomes)}} if outcomes else {})}
            for kind, outcomes in sorted(kinds.items())
        ]
        return {"": {"source": [SOURCE], **(choices[0] if len(choices) == 1 else {"$or": choices})}}

    def _publisher(self, frame: Frame, settings: dict[str, str]) -> GovernedFunction:
        publisher = GovernedFunction(
            self,
            "LedgerPublisher",
            frame=frame,
            handler="holdfast.ledger.publisher.lambda_handler",
            environment=settings,
        )
        unpublished = sealed_queue(publisher, "Unpublished", key=frame.messages_key, days=14)
        stream = str(self.table.table_stream_arn)
        read = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
        publisher.may("ReadStream", read, on=[stream])
        publisher.may(
            "FindStream",
            {"dynamodb:ListStreams"},
            on=["*"],
            because="neither tracing nor the list of streams can be granted on a narrower resource",
        )
        publisher.may("KeepUnpublished", {"sqs:SendMessage"}, on=[unpublished.queue_arn])
        publisher.use_key("SealUnpublished", [frame.messages_key.key_arn], by="sqs", encrypt=True)
        lambda_.CfnEventSourceMapping(
            publisher, "Mapping", function_name=publisher.function.function_arn, event_source_arn=stream, batch_size=10,
            function_response_types=["ReportBatchItemFailures"], starting_position="TRIM_HORIZON",
            bisect_batch_on_function_error=True, maximum_retry_attempts=10, maximum_record_age_in_seconds=20 * 3600,
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(filters=[{"pattern": NEW_IN_OUTBOX}]),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure={"destination": unpublished.queue_arn}
            ),
        )  # fmt: skip
        publisher.alarms.on_dead_letters("Unpublished", unpublished)
        age = publisher.function.metric("IteratorAge", period=FIVE_MINUTES, statistic="Maximum")
        publisher.alarms.when("Lag", age, "announcements are late by more than ten minutes", at_least=600_000)
        return publisher

    def _outbox(self, frame: Frame, settings: dict[str, str]) -> QueuedFunction:
        outbox = QueuedFunction(
            self, "OutboxTimer", frame=frame, handler="holdfast.ledger.outbox.lambda_handler", environment=settings,
            size=Size(batch_size=1, most_at_once=2),
        )  # fmt: skip
        outbox.inbox.ticks("EveryFiveMinutes", every=FIVE_MINUTES)
        outbox.may("ReadOutbox", {"dynamodb:Query"}, on=[self.table.table_arn], when=_keys(["outbox#*"]))
        return outbox

    def _let_announce(self, function: GovernedFunction) -> None:
        function.may("EmptyOutbox", {"dynamodb:DeleteItem"}, on=[self.table.table_arn], when=_keys(["outbox#*"]))
        ours = {"StringEquals": {"events:source": SOURCE}}
        function.may("Announce", {"events:PutEvents"}, on=[self.bus.event_bus_arn], when=ours)
        self._use_table_key(function)

    def _use_table_key(self, function: GovernedFunction) -> None:
        if self.table.encryption_key is not None:
            function.use_key("UseLedgerKey", [self.table.encryption_key.key_arn], by="dynamodb")

    def _refuse_others(self) -> None:
        """Deny the bus to everyone else, whatever their own policies say."""
        publishers = [self.publisher.role.role_arn, self.outbox.role.role_arn]
        statement = iam.PolicyStatement(
            sid="OnlyPublishers", effect=iam.Effect.DENY, principals=[iam.AnyPrincipal()],
            actions=["events:PutEvents"], resources=[self.bus.event_bus_arn],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": publishers}},
        )  # fmt: skip
        events.CfnEventBusPolicy(
            self, "OnlyPublishers", event_bus_name=self.bus.event_bus_name, statement_id="OnlyPublishers",
            statement=statement.to_statement_json(),
        )  # fmt: skip


def _keys(patterns: list[str]) -> dict[str, dict[str, object]]:
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": patterns}}
