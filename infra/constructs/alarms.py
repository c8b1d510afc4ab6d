"""What rings: dead letters, a queue that ages, errors and throttles."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.inbox import Inbox

FIVE_MINUTES = Duration.minutes(5)
OLD_SECONDS = 1800


class Alarms(Construct):
    """The alarms of one function, all on one topic."""

    def __init__(self, scope: Construct, construct_id: str, *, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._topic = topic

    def on_function(self, function: lambda_.IFunction) -> None:
        """Ring when the function fails or is throttled."""
        self.when("Errors", function.metric_errors(period=FIVE_MINUTES), "the function failed", at_least=1)
        self.when(
            "Throttles",
            function.metric_throttles(period=FIVE_MINUTES),
            "the function was throttled",
            at_least=1,
            periods=3,
        )

    def on_inbox(self, inbox: Inbox) -> None:
        """Ring when messages die, cannot be delivered or wait long."""
        self.on_dead_letters("DeadLetters", inbox.dead_letters)
        self.on_dead_letters("Undelivered", inbox.undelivered)
        age = inbox.queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")
        self.when("Age", age, f"a message has waited longer than {OLD_SECONDS} seconds", at_least=OLD_SECONDS)

    def on_dead_letters(self, name: str, queue: sqs.IQueue) -> None:
        """Ring when a queue that should be empty is not."""
        depth = queue.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
        self.when(name, depth, "messages wait for a person: see docs/runbook.md", at_least=1)

    def when(self, name: str, metric: cloudwatch.IMetric, why: str, *, at_least: float, periods: int = 1) -> None:
        """Ring when a metric reaches a value; no data is no trouble here."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=at_least,
            evaluation_periods=periods,
            alarm_description=f"{self.node.path}: {why}",
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        alarm.add_ok_action(actions.SnsAction(self._topic))
