"""Plan what would put a bucket right, and let one role change exactly what the manifest switches on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from constructs import Construct

from holdfast.compliance.control import Control
from holdfast.compliance.policy import Mode
from holdfast.compliance.remediation.look import reads_of
from holdfast.compliance.remediation.settings import METRIC, RemediationSettings
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Governed
from holdfast.ledger.contract import SOURCE
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from infra.constructs.governed_function import GovernedFunction, QueuedFunction, Size
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame
from infra.patterns import Pattern
from infra.reach import beginning, narrowest, size

ROOM_READS, ROOM_CHANGES = 12_000, 24_000
CHANGES: frozenset[Mode] = frozenset({"approve", "auto"})
MANY = "so many buckets that a policy holds only the beginnings of their names: reads only"
NO_NARROWER = "neither tracing nor what is asked of the whole account can be granted on a narrower resource"
TOLD: Mapping[str, Sequence[str]] = {
    "Resource Judged": ("deleted", "fail", "pass"),
    "Remediation Applied": ("applied",),
    "Remediation Refused": ("changed", "expired"),
}
ORDERS: Mapping[str, Sequence[str]] = {"Remediation Planned": ("ordered",), "Remediation Approved": ("approved",)}


@dataclass(frozen=True, slots=True)
class Switched:
    """A control whose remediation the manifest switches on for a bucket."""

    bucket: str
    control: Control
    mode: Mode


def switched_on(manifest: Manifest) -> Iterator[Switched]:
    """Give every remediation that is not off: of buckets named under `buckets`, and of controls that hold there."""
    rules = Governed(manifest)
    for bucket in manifest.buckets:
        for control in rules.controls(Resource("s3_bucket", bucket.name, "", bucket.region)):
            mode = manifest.remediation_mode(bucket.name, control.id)
            if control.remediation is not None and mode != "off":
                yield Switched(bucket.name, control, mode)


class Remediation(Construct):
    """A planner that reads, if any plan is wanted; a remediator that changes, only if any change is."""

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess, own: Iterable[s3.IBucket]
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        self._frame, self._ledger, self._stack = frame, ledger, Stack.of(self)
        self._own = ",".join(bucket.bucket_name for bucket in own)
        self._planned = list(switched_on(frame.manifest))
        self._changed = [one for one in self._planned if one.mode in CHANGES]
        self.remediator = self._remediator() if self._changed else None
        self.planner = self._planner() if self._planned else None

    def _planner(self) -> QueuedFunction:
        role = "" if self.remediator is None else self.remediator.role.role_name
        planner = self._function("RemediationPlanner", "planner", role, timeout_seconds=600)
        planner.inbox.receives("Told", announced(TOLD), bus=self._ledger.bus)
        planner.inbox.ticks("EverySixHours", every=Duration.hours(6))
        self._let_read(planner, self._planned)
        self._ledger.let_commit(planner, "remediation")
        return planner

    def _remediator(self) -> QueuedFunction:
        remediator = self._function("Remediator", "remediator", "", timeout_seconds=300)
        remediator.inbox.receives("Ordered", announced(ORDERS), bus=self._ledger.bus)
        self._let_read(remediator, self._changed)
        self._let_change(remediator)
        self._ledger.let_commit(remediator, "remediation")
        failures = cloudwatch.Metric(
            namespace=self._frame.stage.namespace, metric_name=METRIC, period=Duration.minutes(5), statistic="Sum"
        )
        said = "a bucket could not be put right: see docs/remediation.md"
        remediator.alarms.when("Failed", failures, said, at_least=1)
        return remediator

    def _function(self, name: str, module: str, role: str, *, timeout_seconds: int) -> QueuedFunction:
        settings = RemediationSettings.environment(
            account=self._stack.account, region=self._stack.region, partition=self._stack.partition,
            remediator_role=role, own_buckets=self._own,
        )  # fmt: skip
        return QueuedFunction(
            self, name, frame=self._frame, handler=f"holdfast.compliance.{module}.lambda_handler",
            size=Size(timeout_seconds=timeout_seconds, batch_size=1, most_at_once=2),
            environment={**self._ledger.environment(name), **settings},
        )  # fmt: skip

    def _let_read(self, function: GovernedFunction, switched: Sequence[Switched]) -> None:
        """Let a function read what the plans are bound to, of the buckets that they are for."""
        asked = [(one.bucket, call) for one in switched for read in reads_of(one.control) for call in read.calls]
        of_buckets = _grouped((call.permission, bucket) for bucket, call in asked if call.level == "bucket")
        for number, (permissions, names) in enumerate(of_buckets):
            function.may(f"ReadBuckets{number}", permissions, on=self._beginnings(names), because=MANY)
        of_objects = {call.permission for _, call in asked if call.level == "object"}
        if of_objects:
            arns = [f"{self._arn(name)}/*" for name in sorted({one.bucket for one in switched})]
            function.may("ReadObjects", of_objects, on=arns, because=MANY)
        if of_account := {call.permission for _, call in asked if call.level in ("account", "*", "service")}:
            function.may("ReadAccount", of_account, on=["*"], because=NO_NARROWER)

    def _let_change(self, function: GovernedFunction) -> None:
        """Grant exactly the permissions of the remedies switched on, each on exactly the buckets it is on for."""
        pairs = [
            (permission, one.bucket)
            for one in self._changed
            if one.control.remediation is not None
            for permission in one.control.remediation.permissions
        ]
        grants = [(permissions, [self._arn(name) for name in names]) for permissions, names in _grouped(pairs)]
        if (taken := sum(size(arns) for _, arns in grants)) > ROOM_CHANGES:
            said = f"take {taken} characters of policy, expected at most {ROOM_CHANGES}: exact names only are granted"
            raise ConfigurationError(f"the buckets that may be changed {said}; switch remediation on for fewer")
        for number, (permissions, arns) in enumerate(grants):
            function.may(f"ChangeBuckets{number}", permissions, on=arns)

    def _beginnings(self, names: Iterable[str]) -> list[str]:
        return narrowest(lambda cut: {self._arn(beginning(name, cut)) for name in names}, room=ROOM_READS)

    def _arn(self, name: str) -> str:
        return f"arn:{self._stack.partition}:s3:::{name}"


def announced(kinds: Mapping[str, Sequence[str]]) -> dict[str, Pattern]:
    """Match announcements of these kinds and outcomes that are about buckets."""
    about = {"subject": [{"prefix": "s3_bucket/"}]}
    choices = [
        {"detail-type": [kind], "detail": {"outcome": sorted(outcomes), **about}} for kind, outcomes in kinds.items()
    ]
    return {"": {"source": [SOURCE], "$or": choices}}


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[list[str], list[str]]]:
    """Put permissions that are wanted on the same buckets together."""
    on: dict[str, set[str]] = {}
    for permission, bucket in pairs:
        on.setdefault(permission, set()).add(bucket)
    together: dict[tuple[str, ...], list[str]] = {}
    for permission, buckets in sorted(on.items()):
        together.setdefault(tuple(sorted(buckets)), []).append(permission)
    return [(permissions, list(buckets)) for buckets, permissions in together.items()]
