"""One page that says how the house stands."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.constructs.governed_function import GovernedFunction, QueuedFunction
from infra.constructs.silence import METRIC

FIVE_MINUTES, DAY = Duration.minutes(5), Duration.days(1)
Kind = TypeVar("Kind", bound=GovernedFunction)


class Dashboard(Construct):
    """Batches judged, and for each function its errors, its time, its queue and what waits for a person."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: Sequence[GovernedFunction], namespace: str
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        queued = [function for function in functions if isinstance(function, QueuedFunction)]
        self.page = cloudwatch.Dashboard(self, "Page")
        self.page.add_widgets(_judged(namespace))
        self.page.add_widgets(
            _graph("Errors", functions, _errors), _graph("Duration, 99th percentile", functions, _time)
        )
        self.page.add_widgets(_graph("Oldest message", queued, _age), _graph("Dead letters", queued, _dead_letters))


def _judged(namespace: str) -> cloudwatch.IWidget:
    """Search by dimension, so that the page does not grow with the models."""
    search = f"SEARCH('{{{namespace},model}} MetricName=\"{METRIC}\"', 'Sum', 86400)"
    found = cloudwatch.MathExpression(expression=search, label="", period=DAY, using_metrics={})
    return cloudwatch.GraphWidget(title="Batches judged a day, by model", left=[found], width=24)


def _graph(title: str, functions: Sequence[Kind], metric: Callable[[Kind], cloudwatch.Metric]) -> cloudwatch.IWidget:
    lines = [metric(function).with_(label=function.node.id) for function in functions]
    return cloudwatch.GraphWidget(title=title, left=lines, width=12)


def _errors(function: GovernedFunction) -> cloudwatch.Metric:
    return function.function.metric_errors(period=FIVE_MINUTES)


def _time(function: GovernedFunction) -> cloudwatch.Metric:
    return function.function.metric_duration(period=FIVE_MINUTES, statistic="p99")


def _age(function: QueuedFunction) -> cloudwatch.Metric:
    return function.inbox.queue.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum")


def _dead_letters(function: QueuedFunction) -> cloudwatch.Metric:
    dead = function.inbox.dead_letters
    return dead.metric_approximate_number_of_messages_visible(period=FIVE_MINUTES, statistic="Maximum")
