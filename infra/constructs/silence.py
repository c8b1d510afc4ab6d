"""Ring when a model's batches stop coming."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from holdfast.manifest import Manifest

METRIC = "BatchesJudged"


class Silence(Construct):
    """An alarm for each model that says after how many hours its silence is news."""

    def __init__(
        self, scope: Construct, construct_id: str, *, manifest: Manifest, topic: sns.ITopic, namespace: str
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        self._namespace = namespace
        for name, model in manifest.models.items():
            if model.batches.silent_after_hours is not None:
                self._alarm(name, model.batches.silent_after_hours, topic)

    def _alarm(self, model: str, hours: int, topic: sns.ITopic) -> None:
        judged = cloudwatch.Metric(
            namespace=self._namespace,
            metric_name=METRIC,
            dimensions_map={"model": model},
            period=Duration.hours(1),
            statistic="Sum",
        )
        alarm = cloudwatch.Alarm(
            self, model, metric=judged, threshold=1, evaluation_periods=hours,
            alarm_description=f"no batch of {model} was judged for {hours} hours",
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )  # fmt: skip
        alarm.add_alarm_action(actions.SnsAction(topic))
        alarm.add_ok_action(actions.SnsAction(topic))
