"""AWS::SNS: topics, who may publish on them, and who listens."""

import json

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site, document
from holdfast_console.replay.wiring import Edge, EdgeKind, TopicFact

DELIVERED = frozenset({"sqs", "lambda"})


def topic(resource: Resource, site: Site) -> Installed:
    """Create a topic."""
    properties = resource.properties
    name = properties.take("TopicName") or resource.named(most=256)
    attributes = {key: str(value) for key, value in properties.passed("DisplayName", "KmsMasterKeyId").items()}
    properties.without_effect("TracingConfig", "SignatureVersion")
    arn = site.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"]
    site.add(TopicFact(arn, key=attributes.get("KmsMasterKeyId")))
    site.subscriptions[arn] = []
    for each in properties.take("Subscription", []):
        _subscribe(site, arn, each["Protocol"], each["Endpoint"], {})
    return Installed(arn, {"TopicArn": arn, "TopicName": name})


def topic_policy(resource: Resource, site: Site) -> Installed:
    """Say who may publish on topics."""
    named = document(resource.logical_id, resource.properties.need("PolicyDocument"))
    for arn in resource.properties.need("Topics"):
        content = json.dumps(named.document)
        site.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=content)
        site.amend(arn, of=resource.logical_id, policies=[named])
    return Installed(resource.named())


def subscription(resource: Resource, site: Site) -> Installed:
    """Let someone listen to a topic."""
    properties = resource.properties
    given = properties.passed("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery")
    attributes = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    arn, protocol, endpoint = (properties.need(name) for name in ("TopicArn", "Protocol", "Endpoint"))
    return Installed(_subscribe(site, arn, protocol, endpoint, attributes))


def _subscribe(site: Site, topic_arn: str, protocol: str, endpoint: str, attributes: dict[str, str]) -> str:
    made = site.client("sns").subscribe(
        TopicArn=topic_arn, Protocol=protocol, Endpoint=endpoint, Attributes=attributes, ReturnSubscriptionArn=True
    )
    site.subscriptions.setdefault(topic_arn, []).append(endpoint)
    if protocol in DELIVERED:
        site.edges.append(Edge(EdgeKind.SUBSCRIPTION, topic_arn, endpoint))
    return str(made["SubscriptionArn"])


SERVICE = Service(
    "sns", {"AWS::SNS::Topic": topic, "AWS::SNS::TopicPolicy": topic_policy, "AWS::SNS::Subscription": subscription}
)
