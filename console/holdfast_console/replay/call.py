"""One boto3 call as permission sees it: what it names, and the requests it turns into."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from holdfast.shared.errors import ConfigurationError

Context = Mapping[str, str | tuple[str, ...]]


class Surroundings(Protocol):
    """What a call does not say of the resources it names."""

    def encryption(self, arn: str) -> str | None:
        """The KMS key (ARN or alias) that encrypts a bucket, queue, topic or table; None for a key of the service."""

    def partition_key(self, table_arn: str) -> str | None:
        """The name of a table's partition key, if it is known."""

    def key_arn(self, key: str) -> str:
        """The ARN of a key given by ARN, id or alias."""


@dataclass(frozen=True, slots=True)
class Need:
    """One IAM request a call turns into, with the condition keys that come with it."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


Needs = Iterable[Need]


@dataclass(frozen=True, slots=True)
class Call:
    """One boto3 call."""

    service: str
    operation: str
    params: Mapping[str, object]
    region: str
    account: str
    around: Surroundings

    def text(self, name: str) -> str:
        """A parameter that the call must have."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            raise self.malformed(f"{name} must be text", value)
        return value

    def listed(self, name: str) -> list[Mapping[str, object]]:
        """A parameter that holds a list of objects."""
        value = self.params.get(name)
        if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
            raise self.malformed(f"{name} must be a list of objects", value)
        return list(value)

    def malformed(self, wanted: str, got: object) -> ConfigurationError:
        """The error of a call whose needs cannot be told."""
        return ConfigurationError(f"{self.service} {self.operation}: {wanted}, got {got!r}")

    def arn(self, resource: str, *, service: str | None = None) -> str:
        """The ARN of something of the call's account and Region."""
        return f"arn:aws:{service or self.service}:{self.region}:{self.account}:{resource}"

    def named(self, name: str, kind: str) -> str:
        """The ARN of what a parameter names, by name or by ARN."""
        value = self.text(name)
        return value if value.startswith("arn:") else self.arn(f"{kind}{value}")

    def key_use(self, key: str | None, *actions: str, through: str) -> Iterator[Need]:
        """What the caller needs of the key behind a resource; an AWS managed key admits all who may use its service."""
        if key is None or key.startswith("alias/aws/"):
            return
        arn = self.around.key_arn(key)
        via = f"{through}.{arn.split(':')[3]}.amazonaws.com"
        context = {"kms:ViaService": via, "kms:CallerAccount": self.account, "aws:ViaAWSService": "true"}
        yield from (Need(f"kms:{action}", arn, context) for action in actions)


Table = Mapping[str, Callable[[Call], Needs]]
"""Operation → the requests it needs."""
