"""What a template wires together, as plain facts: intrinsics are resolved, names concrete, references ARNs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Document = Mapping[str, object]
"""A policy document as CloudFormation holds it (`Version`, `Statement`), intrinsics resolved."""


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A policy document under the name that messages call it by: a logical id, or an inline policy's name."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Role:
    """Who may assume a role, and what it may do by its inline policies and every `AWS::IAM::Policy` attached to it."""

    arn: str
    trust: Document
    policies: tuple[NamedDocument, ...] = ()
    managed_policies: tuple[str, ...] = ()
    """ARNs from `ManagedPolicyArns`: one of the wiring's own managed policies, or one the evaluator knows of AWS."""
    boundary: str | None = None
    """ARN of the permissions boundary."""


@dataclass(frozen=True, slots=True)
class QueueFact:
    """A queue; `policies` are the documents of the `AWS::SQS::QueuePolicy` resources that name it."""

    arn: str
    policies: tuple[NamedDocument, ...] = ()
    key: str | None = None
    """ARN or alias of the KMS key; `alias/aws/sqs` for the AWS managed key; None for SSE-SQS or none."""


@dataclass(frozen=True, slots=True)
class TopicFact:
    """A topic; without a policy of its own it has the default one that SNS gives it."""

    arn: str
    policies: tuple[NamedDocument, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class BucketFact:
    """A bucket, from the template or existing; `key` is its default encryption key (None for SSE-S3)."""

    arn: str
    policies: tuple[NamedDocument, ...] = ()
    key: str | None = None
    account: str | None = None
    """The owner; None for the wiring's own account (a bucket ARN does not say it)."""


@dataclass(frozen=True, slots=True)
class TableFact:
    """A table; `key` is a customer managed key's ARN (None for DynamoDB's own)."""

    arn: str
    partition_key: str
    policies: tuple[NamedDocument, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True)
class BusFact:
    """An event bus; `policies` are the statements of its `AWS::Events::EventBusPolicy` resources."""

    arn: str
    policies: tuple[NamedDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFact:
    """A KMS key with its key policy and the aliases that point to it (`alias/name`)."""

    arn: str
    policy: NamedDocument
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogGroupFact:
    """A log group (ARN without a trailing `:*`) and its key; one without a key need not be told."""

    arn: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionFact:
    """A function; `policies` come from `AWS::Lambda::Permission`, each turned by `permission_document`."""

    arn: str
    role: str
    """ARN of the role it runs under."""
    policies: tuple[NamedDocument, ...] = ()
    traced: bool = False


class EdgeKind(StrEnum):
    """How an event travels from one resource to the next; each kind says what source and target are."""

    RULE = "rule"
    """Rule ARN → target ARN (queue, topic, function; with `role` also bus, state machine, pipeline)."""
    DEAD_LETTER = "rule dead letter"
    """Rule ARN → ARN of the queue in a target's `DeadLetterConfig`."""
    NOTIFICATION = "bucket notification"
    """Bucket ARN → ARN of the queue, topic or function in its `NotificationConfiguration`."""
    ACCESS_LOG = "bucket access log"
    """Bucket ARN → ARN of the bucket that takes its access log, followed by `/prefix` where one is set."""
    MAPPING = "event source mapping"
    """Queue ARN or table stream ARN → function ARN."""
    DESTINATION = "failure destination"
    """Function ARN → ARN of the queue, topic, function or bus that takes what it failed on."""
    ALARM = "alarm action"
    """Alarm ARN → topic ARN (alarm, insufficient data and ok actions alike)."""
    SUBSCRIPTION = "subscription"
    """Topic ARN → ARN of the subscribed queue or function (other protocols need no policy)."""
    PUBLICATION = "publication"
    """ARN of a role that publishes → ARN of a bus of ours: its policy lets the role through, and no other role."""
    EXECUTION = "execution"
    """Function ARN → log group ARN (without a trailing `:*`): Lambda assumes the role, writes the log, sends traces."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One way by which the template lets something be delivered."""

    kind: EdgeKind
    source: str
    target: str
    role: str | None = None
    """ARN of the role the source assumes to deliver, where the template names one (`Targets[].RoleArn`)."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """All that permission depends on, in one account and Region; a resource that is absent has no policy and no key."""

    account: str
    region: str
    roles: tuple[Role, ...] = ()
    queues: tuple[QueueFact, ...] = ()
    topics: tuple[TopicFact, ...] = ()
    buckets: tuple[BucketFact, ...] = ()
    tables: tuple[TableFact, ...] = ()
    buses: tuple[BusFact, ...] = ()
    keys: tuple[KeyFact, ...] = ()
    log_groups: tuple[LogGroupFact, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    managed_policies: tuple[NamedDocument, ...] = ()
    """The template's `AWS::IAM::ManagedPolicy` resources, and boundaries; `name` is the ARN."""
    edges: tuple[Edge, ...] = ()


def permission_document(
    function_arn: str,
    *,
    principal: str,
    action: str = "lambda:InvokeFunction",
    source_arn: str | None = None,
    source_account: str | None = None,
) -> Document:
    """The resource policy that an `AWS::Lambda::Permission` adds to its function."""
    condition: dict[str, object] = {}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    if source_account is not None:
        condition["StringEquals"] = {"aws:SourceAccount": source_account}
    kind = "Service" if principal.endswith(".amazonaws.com") else "AWS"
    statement = {"Effect": "Allow", "Principal": {kind: principal}, "Action": action, "Resource": function_arn}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


def default_key_policy(account: str) -> Document:
    """What KMS gives a key created without a policy: its account decides by IAM. For keys from outside the template."""
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}],
    }
