"""AWS::CloudWatch: alarms, and the topics they ring on."""

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site
from holdfast_console.replay.wiring import Edge, EdgeKind

ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
PASSED = (
    "ActionsEnabled",
    "AlarmDescription",
    "ComparisonOperator",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "ExtendedStatistic",
    "MetricName",
    "Metrics",
    "Namespace",
    "Period",
    "Statistic",
    "Threshold",
    "TreatMissingData",
    "Unit",
)


def alarm(resource: Resource, site: Site) -> Installed:
    """Put an alarm."""
    properties = resource.properties
    name, asked = properties.take("AlarmName") or resource.named(most=255), properties.passed(*PASSED)
    rung = properties.passed(*ACTIONS)
    site.client("cloudwatch").put_metric_alarm(AlarmName=name, **asked, **rung)
    arn = site.arn("cloudwatch", f"alarm:{name}")
    for topic in dict.fromkeys(topic for topics in rung.values() for topic in topics):
        site.edges.append(Edge(EdgeKind.ALARM, arn, topic))
    return Installed(name, {"Arn": arn})


SERVICE = Service(
    "cloudwatch", {"AWS::CloudWatch::Alarm": alarm},
    ignored={"AWS::CloudWatch::Dashboard": "it shows what happens and takes no part in it"},
)  # fmt: skip
