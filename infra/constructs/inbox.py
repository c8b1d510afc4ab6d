"""A function's queue: what may fill it, and where what cannot be delivered or handled waits for a person."""

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.patterns import Pattern

MOST_RECEIVES = 5
VISIBLE_TIMES = 6
RULES, BUCKETS = "events.amazonaws.com", "s3.amazonaws.com"


def sealed_queue(
    scope: Construct, construct_id: str, *, key: kms.IKey, days: int, visible_seconds: int | None = None,
    dead_letters: sqs.IQueue | None = None, delay_seconds: int | None = None,
) -> sqs.Queue:  # fmt: skip
    """Make a queue under our own key, since `alias/aws/sqs` lets no rule deliver, and closed to clear text."""
    queue = sqs.Queue(
        scope, construct_id, encryption=sqs.QueueEncryption.KMS, encryption_master_key=key, enforce_ssl=True,
        retention_period=Duration.days(days),
        visibility_timeout=Duration.seconds(visible_seconds) if visible_seconds else None,
        delivery_delay=Duration.seconds(delay_seconds) if delay_seconds else None,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MOST_RECEIVES)
        if dead_letters else None,
    )  # fmt: skip
    if dead_letters is None:
        acknowledge(queue, ["SQS3"], "it is where dead letters go itself")
    return queue


class Inbox(Construct):
    """A queue with a dead-letter queue for what was handled in vain, and one for what a rule could not deliver.

    With a delay it shows each message only after so long.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: kms.IKey, timeout_seconds: int,
        delay_seconds: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        self.dead_letters = sealed_queue(self, "DeadLetters", key=key, days=14)
        self.undelivered = sealed_queue(self, "Undelivered", key=key, days=14)
        self.queue = sealed_queue(
            self,
            "Queue",
            key=key,
            days=10,
            visible_seconds=VISIBLE_TIMES * timeout_seconds,
            dead_letters=self.dead_letters,
            delay_seconds=delay_seconds,
        )

    def receives(
        self, name: str, patterns: Mapping[str, Pattern], *, bus: events.IEventBus | None = None,
        also: Sequence["Inbox"] = (),
    ) -> None:  # fmt: skip
        """Fill the queue, and others too, with what one of the patterns matches, from a bus or the account's own."""
        bus_name = None if bus is None else bus.event_bus_name
        rules = [
            self._rule(f"{name}{leaf}", pattern=pattern, bus_name=bus_name, also=also)
            for leaf, pattern in patterns.items()
        ]
        for inbox in (self, *also):
            inbox.admits_rules(name, rules)

    def ticks(self, name: str, *, every: Duration) -> None:
        """Put an event in the queue at a fixed rate."""
        self.admits_rules(name, [self._rule(name, schedule=events.Schedule.rate(every).expression_string)])

    def admits_buckets(self, arns: Sequence[str]) -> None:
        """Let S3 notifications of these buckets of this account in."""
        self._let("AdmitNotifications", self.queue, BUCKETS, "ArnLike", arns)

    def _rule(
        self, name: str, *, pattern: Pattern | None = None, schedule: str | None = None, bus_name: str | None = None,
        also: Sequence["Inbox"] = (),
    ) -> str:  # fmt: skip
        targets = [self.target("Queue"), *(inbox.target(inbox.node.id) for inbox in also)]
        rule = events.CfnRule(
            self, name, state="ENABLED", targets=targets, event_pattern=pattern, schedule_expression=schedule,
            event_bus_name=bus_name,
        )  # fmt: skip
        return rule.attr_arn

    def target(self, name: str) -> events.CfnRule.TargetProperty:
        """Give the queue as a rule's target."""
        return events.CfnRule.TargetProperty(
            arn=self.queue.queue_arn,
            id=name,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self.undelivered.queue_arn),
            retry_policy=events.CfnRule.RetryPolicyProperty(
                maximum_event_age_in_seconds=86_400, maximum_retry_attempts=185
            ),
        )

    def admits_rules(self, name: str, rules: Sequence[str]) -> None:
        """Let these rules of this account in."""
        for queue in (self.queue, self.undelivered):
            self._let(f"Admit{name}", queue, RULES, "ArnEquals", rules)

    def _let(self, sid: str, queue: sqs.Queue, service: str, operator: str, sources: Sequence[str]) -> None:
        """Let a service send on behalf of these resources of this account, and of nothing else."""
        conditions = {
            operator: {"aws:SourceArn": list(sources)},
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
        }
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid, actions=["sqs:SendMessage"], principals=[iam.ServicePrincipal(service)],
                resources=[queue.queue_arn], conditions=conditions,
            )
        )  # fmt: skip
