"""A wiring made ready for judgement: its policies parsed, its resources found by ARN."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.call import Context, Need
from holdfast_console.replay.iam import Grant, Policy, Principal, Request
from holdfast_console.replay.wiring import (
    BucketFact,
    BusFact,
    Document,
    FunctionFact,
    KeyFact,
    LogGroupFact,
    NamedDocument,
    QueueFact,
    Role,
    TableFact,
    TopicFact,
    Wiring,
)

Encrypted = Sequence[QueueFact | TopicFact | BucketFact | TableFact | LogGroupFact]
WithPolicies = Sequence[QueueFact | BucketFact | TableFact | BusFact | FunctionFact]

AWS_MANAGED: Mapping[str, Document] = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": {
        "Statement": {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "*",
        }
    },
}
"""Content of AWS's own managed policies, from the AWS managed policy reference."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a role may do, and the limit set to it."""

    policies: tuple[Policy, ...]
    boundary: Policy | None


class Resolved:
    """Looks up what permission depends on; also the surroundings that a call does not tell."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._functions = {fact.arn: fact for fact in wiring.functions}
        self._partition_keys = {fact.arn: fact.partition_key for fact in wiring.tables}
        self._keys = dict(_names_of_keys(wiring.keys))
        encrypted: Encrypted = (
            *wiring.queues,
            *wiring.topics,
            *wiring.buckets,
            *wiring.tables,
            *wiring.log_groups,
        )
        self._encryption = {fact.arn: fact.key for fact in encrypted if fact.key is not None}
        self._owners = {fact.arn: fact.account for fact in wiring.buckets if fact.account is not None}
        managed = {one.name: one.document for one in wiring.managed_policies}
        self._identities = {role.arn: _identity(role, {**AWS_MANAGED, **managed}) for role in wiring.roles}
        self._policies = {arn: _of_resource(arn, documents) for arn, documents in _attached(wiring)}

    def encryption(self, arn: str) -> str | None:
        """The key of a resource as its facts give it; None if it has none."""
        return self._encryption.get(arn)

    def partition_key(self, table_arn: str) -> str | None:
        """The name of a table's partition key, if the table is known."""
        return self._partition_keys.get(table_arn)

    def key_arn(self, key: str) -> str:
        """The ARN of a key given by ARN, id or alias; a key whose policy is unknown cannot be judged."""
        if key not in self._keys:
            raise ConfigurationError(f"the policy of key {key} is not known: add the key to the wiring")
        return self._keys[key]

    def identity(self, role_arn: str) -> Identity:
        """The policies of a role."""
        if role_arn not in self._identities:
            raise ConfigurationError(f"role {role_arn} is not in the wiring")
        return self._identities[role_arn]

    def function(self, arn: str) -> FunctionFact:
        """The facts of a function, found with or without a version or alias behind its name."""
        if _resource(arn) not in self._functions:
            raise ConfigurationError(f"function {arn} is not in the wiring")
        return self._functions[_resource(arn)]

    def policies_of(self, arn: str) -> tuple[Policy, ...]:
        """The resource policies that judge a request on a resource."""
        return self._policies.get(_resource(arn), ())

    def must_know(self, arn: str, purpose: str) -> None:
        """Refuse to judge a delivery to what is not there."""
        if _resource(arn) not in self._policies:
            raise ConfigurationError(f"{purpose}: {arn} is not in the wiring")

    def account_of(self, arn: str) -> str:
        """The account that owns a resource; the ARN of a bucket does not say it."""
        parts = arn.split(":")
        return self._owners.get(_resource(arn)) or (parts[4] if len(parts) > 4 else "") or self._wiring.account

    def request(self, principal: Principal, need: Need, *, region: str) -> Request:
        """A need as a request, with the condition keys that every request has."""
        owner = self.account_of(need.resource)
        context: Context = {
            "aws:SecureTransport": "true",
            "aws:RequestedRegion": region,
            "aws:ResourceAccount": owner,
            "s3:ResourceAccount": owner,
            **_of_principal(principal),
            **need.context,
        }
        return Request(principal, need.action, need.resource, context)

    def grants(self) -> Iterator[Grant]:
        """All that any policy allows."""
        identities = chain.from_iterable(identity.policies for identity in self._identities.values())
        for policy in chain(identities, chain.from_iterable(self._policies.values())):
            yield from policy.grants()


def _of_principal(principal: Principal) -> Context:
    if principal.kind != "AWS":
        return {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": principal.name}
    return {
        "aws:PrincipalArn": principal.name,
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:ViaAWSService": "false",
    }


def _resource(arn: str) -> str:
    """The ARN that carries the policy: the bucket of an object, the table of an index, the function of a version."""
    parts = arn.split(":")
    service = parts[2] if len(parts) > 2 else ""
    if service == "s3":
        return arn.partition("/")[0]
    if service == "dynamodb":
        return arn.partition("/index/")[0]
    return ":".join(parts[:7]) if service == "lambda" else arn


def _names_of_keys(keys: Sequence[KeyFact]) -> Iterator[tuple[str, str]]:
    """All the names by which a key is called, with its ARN."""
    for key in keys:
        head, _, identifier = key.arn.partition(":key/")
        for name in (key.arn, identifier, *key.aliases, *(f"{head}:{alias}" for alias in key.aliases)):
            yield name, key.arn


def _identity(role: Role, managed: Mapping[str, Document]) -> Identity:
    unknown = [arn for arn in (*role.managed_policies, role.boundary) if arn is not None and arn not in managed]
    if unknown:
        raise ConfigurationError(f"{role.arn} has a managed policy whose content is not known: {', '.join(unknown)}")
    attached = [NamedDocument(arn.rsplit("/", 1)[-1], managed[arn]) for arn in role.managed_policies]
    policies = (Policy.parse(one.document, name=one.name, owner=role.arn) for one in (*role.policies, *attached))
    limit = role.boundary
    return Identity(tuple(policies), Policy.parse(managed[limit], name=limit, owner=role.arn) if limit else None)


def _attached(wiring: Wiring) -> Iterator[tuple[str, tuple[NamedDocument, ...]]]:
    """Every resource that may have a policy, with the documents it has."""
    with_policies: WithPolicies = (*wiring.queues, *wiring.buckets, *wiring.tables, *wiring.buses, *wiring.functions)
    for fact in with_policies:
        yield fact.arn, fact.policies
    for topic in wiring.topics:
        yield topic.arn, topic.policies or (_default_topic_policy(topic, wiring.account),)
    for key in wiring.keys:
        yield key.arn, (key.policy,)
    for role in wiring.roles:
        yield role.arn, (NamedDocument("trust", role.trust),)


def _default_topic_policy(topic: TopicFact, account: str) -> NamedDocument:
    """SNS lets the owner publish, and what publishes in its name; any policy of the topic's own replaces this."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return NamedDocument("default", {"Statement": [statement]})


def _of_resource(arn: str, documents: Sequence[NamedDocument]) -> tuple[Policy, ...]:
    return tuple(Policy.parse(one.document, name=one.name, owner=arn, names_principals=True) for one in documents)
