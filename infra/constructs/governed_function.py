"""A function as every one of ours is: a role of its own, a log that ends, traces, and alarms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import Size as DiskSize
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledge import acknowledge, wildcards
from infra.constructs.alarms import Alarms
from infra.constructs.inbox import Inbox
from infra.frame import Frame
from infra.reach import portions
from infra.roles import service_role

KEPT_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "33554432"}
"""What a chunk took is kept for the next one: asked of the system anew, each page costs a fault."""
NO_PLUGINS = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}  # to look for them, a start would read every package's metadata
FROM_IMAGE = lambda_.Handler.FROM_IMAGE


@dataclass(frozen=True, slots=True)
class Size:
    """How much a function may take, and how much of its queue it takes at once."""

    memory_mb: int = 512
    timeout_seconds: int = 60
    batch_size: int = 10
    most_at_once: int = 5
    disk_mb: int | None = None


class GovernedFunction(Construct):
    """One function under one least-privilege role.

    Lambda stops what goes around in a circle sixteen times; one that `feeds_itself` on purpose says so.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, handler: str, environment: Mapping[str, str],
        code: lambda_.Code | None = None, size: Size = Size(), feeds_itself: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        self.frame = frame
        self.role = service_role(self, "Role", frame.stage)
        self.log = logs.LogGroup(
            self,
            "Log",
            retention=frame.log_retention,
            encryption_key=frame.messages_key,
            removal_policy=frame.removal_policy,
        )
        from_image = handler == FROM_IMAGE
        self.function = lambda_.Function(
            self, "Function", role=self.role, log_group=self.log, handler=handler, code=code or frame.code.light,
            runtime=lambda_.Runtime.FROM_IMAGE if from_image else lambda_.Runtime.PYTHON_3_12,
            layers=None if from_image else [frame.manifest_layer], architecture=lambda_.Architecture.ARM_64,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if feeds_itself else None,
            memory_size=size.memory_mb, timeout=Duration.seconds(size.timeout_seconds), tracing=lambda_.Tracing.ACTIVE,
            ephemeral_storage_size=None if size.disk_mb is None else DiskSize.mebibytes(size.disk_mb),
            environment={
                "POWERTOOLS_METRICS_NAMESPACE": frame.stage.namespace, "POWERTOOLS_SERVICE_NAME": construct_id,
                **NO_PLUGINS, **KEPT_MEMORY, **environment,
            },
        )  # fmt: skip
        acknowledge(self.role, ["IAM5[Resource::*]"], "tracing can be granted on no narrower resource")
        acknowledge(self.function, ["L1"], "3.12 is the runtime that the locks are compiled and tested for")
        self.may("WriteLog", {"logs:CreateLogStream", "logs:PutLogEvents"}, on=[self.log.log_group_arn])
        self.alarms = Alarms(self, "Alarms", topic=frame.alarm_topic)
        self.alarms.on_function(self.function)

    def may(
        self,
        sid: str,
        actions: Iterable[str],
        *,
        on: Iterable[str],
        when: Mapping[str, Mapping[str, object]] | None = None,
        because: str | None = None,
    ) -> None:
        """Grant actions on resources, in as many statements as they take; a wildcard among them needs its reason."""
        on = list(on)
        if because is not None:
            acknowledge(self.role, wildcards(self, on, self.frame.exports), because)
        for number, resources in enumerate(portions(on)):
            self.role.add_to_policy(
                iam.PolicyStatement(
                    sid=f"{sid}{number or ''}", actions=sorted(actions), resources=resources, conditions=when
                )
            )

    def use_key(
        self, sid: str, keys: Iterable[str], *, by: str, encrypt: bool = False, because: str | None = None
    ) -> None:
        """Grant the use of keys, only through the service whose data they protect."""
        actions = {"kms:Decrypt", "kms:GenerateDataKey"} if encrypt else {"kms:Decrypt"}
        through = f"{by}.{Stack.of(self).region}.amazonaws.com"
        self.may(sid, actions, on=keys, when={"StringEquals": {"kms:ViaService": through}}, because=because)


class QueuedFunction(GovernedFunction):
    """A governed function that a queue feeds, each message failing alone."""

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, handler: str, environment: Mapping[str, str],
        code: lambda_.Code | None = None, size: Size = Size(), feeds_itself: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(
            scope, construct_id, frame=frame, handler=handler, environment=environment, code=code, size=size,
            feeds_itself=feeds_itself,
        )  # fmt: skip
        self._size = size
        self.inbox = Inbox(self, "Inbox", key=frame.messages_key, timeout_seconds=size.timeout_seconds)
        self.use_key("ReadMessages", [frame.messages_key.key_arn], by="sqs")
        self._drain(self.inbox, "", self.alarms)

    def takes_later(self, name: str, *, seconds: int) -> Inbox:
        """Make a second queue, whose messages the same function takes so much later."""
        later = Inbox(
            self, name, key=self.frame.messages_key, timeout_seconds=self._size.timeout_seconds, delay_seconds=seconds
        )
        self._drain(later, name, Alarms(self, f"{name}Alarms", topic=self.frame.alarm_topic))
        return later

    def _drain(self, inbox: Inbox, name: str, alarms: Alarms) -> None:
        drain = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
        self.may(f"Drain{name or 'Queue'}", drain, on=[inbox.queue.queue_arn])
        most = lambda_.CfnEventSourceMapping.ScalingConfigProperty(maximum_concurrency=self._size.most_at_once)
        lambda_.CfnEventSourceMapping(
            inbox if name else self, "Mapping", function_name=self.function.function_arn,
            event_source_arn=inbox.queue.queue_arn, batch_size=self._size.batch_size, scaling_config=most,
            function_response_types=["ReportBatchItemFailures"],
        )  # fmt: skip
        alarms.on_inbox(inbox)
