"""The permission proof: every call and every delivery, held against the policies that would judge it on AWS."""

from collections import Counter
from collections.abc import Mapping

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.call import Need
from holdfast_console.replay.calls import SENDING, needs
from holdfast_console.replay.iam import Decision, Grant, Policy, Principal, Request, evaluate
from holdfast_console.replay.resolved import Resolved
from holdfast_console.replay.wiring import Edge, EdgeKind, FunctionFact, Wiring

__all__ = ["Grant", "NotGranted", "PermissionProof"]

SENDERS = {
    EdgeKind.RULE: "events.amazonaws.com",
    EdgeKind.DEAD_LETTER: "events.amazonaws.com",
    EdgeKind.NOTIFICATION: "s3.amazonaws.com",
    EdgeKind.ACCESS_LOG: "logging.s3.amazonaws.com",
    EdgeKind.ALARM: "cloudwatch.amazonaws.com",
    EdgeKind.SUBSCRIPTION: "sns.amazonaws.com",
}
"""The service that delivers along an edge."""

DELIVERING = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
    "sagemaker": "sagemaker:StartPipelineExecution",
    "states": "states:StartExecution",
}
"""What a delivery takes, by the service of the target's ARN."""

QUEUE_POLLING = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
STREAM_POLLING = ("DescribeStream", "GetShardIterator", "GetRecords", "ListStreams")
LOG_ENCRYPTION = ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "DescribeKey")
"""What CloudWatch Logs does with the key of a log group (user guide, "Encrypt log data using AWS KMS")."""
TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")


class NotGranted(ConfigurationError):  # noqa: N818
    """A role or service may not do what it did: the message names who, what, on which resource and what is lacking."""

    def __init__(self, request: Request, *, cause: str, purpose: str) -> None:
        self.principal, self.action, self.resource = request.principal.name, request.action, request.resource
        self.cause, self.purpose = cause, purpose
        super().__init__(f"{self.principal} may not {self.action} on {self.resource} (for {purpose}): {cause}")


class PermissionProof:
    """Judges calls and deliveries against a wiring, and remembers which grants were needed."""

    calls: Counter[tuple[str, str]]
    """(role ARN or service, action) → how often it was needed and granted."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._resolved = Resolved(wiring)
        self._used: set[Grant] = set()
        self.calls = Counter()

    def check(
        self, role_arn: str, service: str, operation: str, params: Mapping[str, object], *, region: str | None = None
    ) -> None:
        """Raise NotGranted unless the role may make this boto3 call; service "s3", operation "GetObject"."""
        self._call(role_arn, service, operation, params, region=region, purpose=f"{service} {operation}")

    def check_delivery(self, edge: Edge) -> None:
        """Raise NotGranted unless what travels along the edge would arrive."""
        purpose = f"{edge.kind} {edge.source} → {edge.target}"
        if edge.kind is EdgeKind.EXECUTION:
            self._execution(self._resolved.function(edge.source), edge.target, purpose)
        elif edge.kind is EdgeKind.MAPPING:
            self._polling(self._resolved.function(edge.target).role, edge.source, purpose)
        elif edge.kind is EdgeKind.DESTINATION:
            self._role_delivers(self._resolved.function(edge.source).role, edge.target, purpose)
        elif edge.kind is EdgeKind.PUBLICATION:
            self._publication(edge, purpose)
        elif edge.role is not None:
            self._service_may(SENDERS[edge.kind], Need("sts:AssumeRole", edge.role), edge.source, purpose)
            self._role_delivers(edge.role, edge.target, purpose)
        else:
            self._service_delivers(SENDERS[edge.kind], edge, purpose)

    def check_deliveries(self) -> None:
        """Check every edge of the wiring, in its order."""
        for edge in self._wiring.edges:
            self.check_delivery(edge)

    def unused(self) -> list[Grant]:
        """Grants that no check needed."""
        return [grant for grant in self._resolved.grants() if grant not in self._used]

    def _execution(self, function: FunctionFact, log_group: str, purpose: str) -> None:
        """Lambda runs a function: it assumes the role, writes the log and, if asked to, sends traces."""
        self._service_may("lambda.amazonaws.com", Need("sts:AssumeRole", function.role), function.arn, purpose)
        group = log_group.removesuffix(":*")
        written = [Need(f"logs:{action}", f"{group}:log-stream:any") for action in ("CreateLogStream", "PutLogEvents")]
        traced = [Need(action, "*") for action in TRACING if function.traced]
        for need in written + traced:
            self._role_may(function.role, need, purpose)
        key = self._resolved.encryption(group)
        for action in LOG_ENCRYPTION if key else ():
            told = {"kms:EncryptionContext:aws:logs:arn": group}
            need = Need(f"kms:{action}", self._resolved.key_arn(str(key)), told)
            self._service_may(f"logs.{group.split(':')[3]}.amazonaws.com", need, group, purpose)

    def _polling(self, role: str, source: str, purpose: str) -> None:
        """Lambda polls a queue or a stream with the function's role."""
        if source.split(":")[2] == "sqs":
            for operation in QUEUE_POLLING:
                self._call(role, "sqs", operation, {"QueueUrl": _url(source)}, purpose=purpose)
        elif "/stream/" in source:
            params = {"StreamArn": source, "ShardIterator": f"{source}|1|"}
            for operation in STREAM_POLLING:
                self._call(role, "dynamodbstreams", operation, params, purpose=purpose)
        else:
            raise ConfigurationError(f"{purpose}: an event source is a queue or a table's stream, got {source}")

    def _publication(self, edge: Edge, purpose: str) -> None:
        """The bus lets the role through and keeps out every other; the role's own grant is proved by its calls."""
        request, decision = self._with_every_grant(edge.source, edge.target)
        if not decision.allowed:
            raise NotGranted(request, cause=decision.cause, purpose=purpose)
        stranger = f"arn:aws:iam::{self._wiring.account}:role/any-other-role"
        if self._with_every_grant(stranger, edge.target)[1].allowed:
            raise ConfigurationError(f"{purpose}: the policy of the bus does not keep other roles from publishing")

    def _with_every_grant(self, role: str, bus: str) -> tuple[Request, Decision]:
        """What a bus says to a role that may do anything by its own policies."""
        need = Need("events:PutEvents", bus)
        request = self._resolved.request(Principal.role(role), need, region=self._wiring.region)
        everything = Policy.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
        return request, evaluate(request, identity=[everything], resource=self._resolved.policies_of(bus))

    def _service_delivers(self, service: str, edge: Edge, purpose: str) -> None:
        """The target's policy and the policy of its key must both admit the service."""
        self._resolved.must_know(edge.target, purpose)
        self._service_may(service, _delivery(edge.target, purpose), edge.source, purpose)
        key = self._resolved.encryption(edge.target)
        if key is not None and key.startswith("alias/aws/"):
            request = Request(Principal.service(service), "kms:GenerateDataKey", key)
            cause = "the policy of a key that AWS manages admits no service; use a key of your own, or none"
            raise NotGranted(request, cause=cause, purpose=purpose)
        if key is not None:
            for action in SENDING:
                self._service_may(service, Need(f"kms:{action}", self._resolved.key_arn(key)), edge.source, purpose)

    def _role_delivers(self, role: str, target: str, purpose: str) -> None:
        service = target.split(":")[2]
        if service == "sqs":
            self._call(role, "sqs", "SendMessage", {"QueueUrl": _url(target)}, purpose=purpose)
        elif service == "sns":
            self._call(role, "sns", "Publish", {"TopicArn": target}, purpose=purpose)
        else:
            self._role_may(role, _delivery(target, purpose), purpose)

    def _call(
        self,
        role: str,
        service: str,
        operation: str,
        params: Mapping[str, object],
        *,
        purpose: str,
        region: str | None = None,
    ) -> None:
        where, account = region or self._wiring.region, Principal.role(role).account
        for need in needs(service, operation, params, region=where, account=account, around=self._resolved):
            self._role_may(role, need, purpose, region=where)

    def _role_may(self, role: str, need: Need, purpose: str, *, region: str | None = None) -> None:
        identity = self._resolved.identity(role)
        request = self._resolved.request(Principal.role(role), need, region=region or self._wiring.region)
        decision = evaluate(
            request,
            identity=identity.policies,
            resource=self._resolved.policies_of(need.resource),
            boundary=identity.boundary,
            same_account=self._resolved.account_of(need.resource) == request.principal.account,
        )
        self._settle(request, decision, purpose)

    def _service_may(self, service: str, need: Need, source: str, purpose: str) -> None:
        account = self._resolved.account_of(source)
        told = {"aws:SourceArn": source, "aws:SourceAccount": account, "aws:SourceOwner": account}
        asked = Need(need.action, need.resource, {**told, **need.context})
        request = self._resolved.request(Principal.service(service), asked, region=self._wiring.region)
        self._settle(request, evaluate(request, resource=self._resolved.policies_of(need.resource)), purpose)

    def _settle(self, request: Request, decision: Decision, purpose: str) -> None:
        if not decision.allowed:
            raise NotGranted(request, cause=decision.cause, purpose=purpose)
        self._used.update(decision.granted_by)
        self.calls[request.principal.name, request.action] += 1


def _url(queue_arn: str) -> str:
    account, name = queue_arn.split(":")[4:6]
    return f"https://sqs.amazonaws.com/{account}/{name}"


def _delivery(target: str, purpose: str) -> Need:
    service = target.split(":")[2]
    if service not in DELIVERING:
        raise ConfigurationError(f"{purpose}: no delivery to {service} is known, add it to {__name__}")
    prefix = target if "/" in target else f"{target}/"
    return Need(DELIVERING[service], f"{prefix}any-object" if service == "s3" else target)
