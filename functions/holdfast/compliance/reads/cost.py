"""What CloudWatch has measured of resources that cost money while nobody looks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.reads.sagemaker import ENDPOINT, ENDPOINT_CONFIG

MOST_DAYS = 60
"""How far back a look can reach: what a control may be told to look at ends here."""
DAY = 86_400
USES = ("Invocations", "InvocationsProcessed")
"""Asynchronous endpoints publish no `Invocations`, only what they have processed."""

_METRICS = Call("cloudwatch", "get_metric_data", "cloudwatch:GetMetricData")
_CONFIG = Call(
    "sagemaker", ENDPOINT_CONFIG.calls[0].operation, ENDPOINT_CONFIG.calls[0].permission, "service",
    ("ValidationException",),
)  # fmt: skip


def _invocations(ask: Ask) -> Fact:
    variants = [variant["VariantName"] for variant in ask.fact(ENDPOINT).get("ProductionVariants", [])]
    asked = [
        _daily("AWS/SageMaker", metric, "Sum", EndpointName=ask.resource.name, VariantName=variant)
        for variant in variants
        for metric in USES
    ]
    return _measured(ask, asked)


def _bucket_size(ask: Ask) -> Fact:
    standard = {"BucketName": ask.resource.name, "StorageType": "StandardStorage"}
    return _measured(ask, [_daily("AWS/S3", "BucketSizeBytes", "Average", **standard)])


def _measured(ask: Ask, asked: list[dict[str, Any]]) -> Fact:
    """Give the results of all pages in one list; one metric may then come several times, with other days."""
    midnight = ask.now.replace(hour=0, minute=0, second=0, microsecond=0)
    queries = [{"Id": f"m{number}", "ReturnData": True, "MetricStat": stat} for number, stat in enumerate(asked)]
    span = {"StartTime": midnight - timedelta(days=MOST_DAYS), "EndTime": ask.now}
    return {"MetricDataResults": list(_results(ask, queries, span)) if queries else []}


def _results(ask: Ask, queries: list[dict[str, Any]], span: dict[str, Any]) -> Iterator[Fact]:
    for page in ask.pages(_METRICS, MetricDataQueries=queries, **span):
        yield from page.get("MetricDataResults", [])


def _daily(namespace: str, metric: str, statistic: str, **dimensions: str) -> dict[str, Any]:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {
        "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": named},
        "Period": DAY,
        "Stat": statistic,
    }


INVOCATIONS = Read("endpoint_invocations", (*ENDPOINT.calls, _METRICS), _invocations)
BUCKET_SIZE = Read("bucket_size", (_METRICS,), _bucket_size)
ENDPOINT_HARDWARE = Read(
    "endpoint_hardware",
    (*ENDPOINT.calls, _CONFIG),
    lambda ask: ask(_CONFIG, EndpointConfigName=ask.fact(ENDPOINT)["EndpointConfigName"]),
)
"""The configuration that an endpoint runs by, which names its instances; an empty fact if it was deleted meanwhile."""
