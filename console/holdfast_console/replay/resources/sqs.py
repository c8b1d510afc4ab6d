"""AWS::SQS: queues and who may send to them."""

import json

from holdfast_console.replay.intrinsics import Installed, TemplateError
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site, document
from holdfast_console.replay.wiring import QueueFact

ATTRIBUTES = (
    "DelaySeconds", "KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds", "SqsManagedSseEnabled", "VisibilityTimeout",
)  # fmt: skip


def queue(resource: Resource, site: Site) -> Installed:
    """Create a standard queue, with its dead-letter queue if it has one."""
    properties = resource.properties
    name, redrive = properties.take("QueueName") or resource.named(most=80), properties.take("RedrivePolicy")
    properties.without_effect("RedriveAllowPolicy")
    asked = {key: _text(value) for key, value in properties.passed(*ATTRIBUTES).items()}
    if redrive is not None:
        asked["RedrivePolicy"] = json.dumps(redrive)
    url = site.client("sqs").create_queue(QueueName=name, Attributes=asked)["QueueUrl"]
    arn = site.arn("sqs", name)
    site.add(QueueFact(arn, key=asked.get("KmsMasterKeyId")))
    if redrive is not None:
        site.redrives[arn] = (redrive["deadLetterTargetArn"], int(redrive["maxReceiveCount"]))
    return Installed(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def queue_policy(resource: Resource, site: Site) -> Installed:
    """Say who may send to queues."""
    named = document(resource.logical_id, resource.properties.need("PolicyDocument"))
    for url in resource.properties.need("Queues"):
        arn = site.arn("sqs", str(url).rsplit("/", 1)[-1])
        if arn not in site.facts:
            raise TemplateError(f"{resource.logical_id} speaks of {url}, which no template makes")
        site.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(named.document)})
        site.amend(arn, of=resource.logical_id, policies=[named])
    return Installed(resource.named())


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


SERVICE = Service("sqs", {"AWS::SQS::Queue": queue, "AWS::SQS::QueuePolicy": queue_policy})
