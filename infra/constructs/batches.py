"""Judge every batch when it lands, and see to what follows from the verdict."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from holdfast.batches.settings import BaselineSettings, BatchJudgeSettings, QuarantineSettings, SweeperSettings
from infra.constructs.governed_function import FROM_IMAGE, QueuedFunction, Size
from infra.constructs.governed_objects import GovernedObjects
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame
from infra.patterns import arrivals

BASELINES, SAMPLES = "baselines/*", "samples/*"
SPOOL_MB, PARTS_MB = 5 * 1024, 5 * 1024
"""What text takes on disk once it is transcribed, and what the parts of a batch take that do not fit in memory."""
ARROW = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""The functions that read data allocate as the command does, so that what is measured of one holds for the other."""
OWN_OBJECTS = "objects of our own bucket are named when they are made"


class Batches(Construct):
    """The functions of this domain, each with what it may touch of the governed buckets and of our own."""

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess, state: s3.IBucket,
        quarantine: s3.IBucket,
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        self._frame, self._ledger, self._state, self._quarantine = frame, ledger, state, quarantine
        self._account = Stack.of(self).account
        self._objects = GovernedObjects(frame.manifest, Stack.of(self))
        self.judge = self._judge()
        self._baseline_actor()
        self._sweeper()
        self._quarantine_actor()
        if frame.code.examiner is not None:
            self._examiner(frame.code.examiner)

    def _judge(self) -> QueuedFunction:
        settings = BatchJudgeSettings.environment(account=self._account, state_bucket=self._state.bucket_name)
        size = Size(memory_mb=2048, timeout_seconds=300, batch_size=1, disk_mb=SPOOL_MB + PARTS_MB)
        judge = self._function("BatchJudge", "judge", settings, size, code=self._frame.code.data)
        if by_rule := self._objects.batches_told_by("eventbridge"):
            judge.inbox.receives("Arrivals", arrivals(by_rule))
        if by_notification := self._objects.notifiers():
            judge.inbox.admits_buckets(by_notification)
        self._objects.let_read(judge)
        self._objects.let_list(judge, of=lambda model: model.batches.closed_by == "success")
        self._let_keep(judge, BASELINES, {"s3:GetObject"})
        self._ledger.let_commit(judge, "batches", "baselines", "schema", notes_open=["batches"])
        return judge

    def _baseline_actor(self) -> None:
        settings = BaselineSettings.environment(account=self._account, state_bucket=self._state.bucket_name)
        size = Size(memory_mb=3008, timeout_seconds=300, batch_size=1, most_at_once=2, disk_mb=SPOOL_MB)
        actor = self._function("BaselineActor", "baseline_actor", settings, size, code=self._frame.code.data)
        actor.inbox.receives(
            "Wanted",
            self._ledger.announced({"Baseline Requested": None, "Run Closed": {"succeeded"}}),
            bus=self._ledger.bus,
        )
        self._objects.let_read(actor, references=True)
        self._objects.let_list(actor, of=lambda model: model.seasonal is not None)
        self._let_keep(actor, BASELINES, {"s3:PutObject"}, encrypt=True)
        self._ledger.let_commit(actor, "baselines")

    def _sweeper(self) -> None:
        queue = self.judge.inbox.queue
        settings = SweeperSettings.environment(account=self._account, batch_queue_url=queue.queue_url)
        sweeper = self._function(
            "BatchSweeper", "sweeper", settings, Size(timeout_seconds=300, batch_size=1, most_at_once=2)
        )
        sweeper.inbox.ticks("EveryHour", every=Duration.hours(1))
        sweeper.inbox.receives("Waiting", self._ledger.announced({"Baseline Activated": None}), bus=self._ledger.bus)
        self._objects.let_list(sweeper)
        sweeper.may("SendToJudge", {"sqs:SendMessage"}, on=[queue.queue_arn])
        sweeper.use_key("SealMessages", [self._frame.messages_key.key_arn], by="sqs", encrypt=True)
        self._ledger.let_commit(sweeper, "watch", "baselines")

    def _quarantine_actor(self) -> None:
        settings = QuarantineSettings.environment(account=self._account, quarantine_bucket=self._quarantine.bucket_name)
        actor = self._function("QuarantineActor", "quarantine_actor", settings, Size(timeout_seconds=600, batch_size=1))
        told = self._ledger.announced({"Batch Judged": {"quarantined"}, "Batch Released": None})
        actor.inbox.receives("Refused", told, bus=self._ledger.bus)
        self._objects.let_read(actor, tagging=True)
        kept = {"s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"}
        actor.may("KeepCopies", kept, on=[self._quarantine.arn_for_objects("*")], because=OWN_OBJECTS)
        actor.may("FindCopies", {"s3:ListBucket"}, on=[self._quarantine.bucket_arn])
        self._let_use_key(actor, self._quarantine, encrypt=True)
        self._ledger.let_commit(actor, "batches")

    def _examiner(self, image: lambda_.Code) -> None:
        settings = BatchJudgeSettings.environment(account=self._account, state_bucket=self._state.bucket_name)
        examiner = QueuedFunction(
            self, "AlibiJudge", frame=self._frame, handler=FROM_IMAGE, code=image,
            environment={**self._ledger.environment("AlibiJudge"), **settings},
            size=Size(memory_mb=3008, timeout_seconds=300, batch_size=1, most_at_once=2, disk_mb=SPOOL_MB),
        )  # fmt: skip
        usable = {"none", "notice", "drift"}
        examiner.inbox.receives("Usable", self._ledger.announced({"Batch Judged": usable}), bus=self._ledger.bus)
        self._objects.let_read(examiner, references=True)
        self._let_keep(examiner, SAMPLES, {"s3:GetObject", "s3:PutObject"}, encrypt=True)
        below = {"StringLike": {"s3:prefix": [SAMPLES]}}
        examiner.may("FindSamples", {"s3:ListBucket"}, on=[self._state.bucket_arn], when=below)
        self._ledger.let_commit(examiner, "batches")

    def _function(
        self, name: str, module: str, settings: dict[str, str], size: Size, *, code: lambda_.Code | None = None
    ) -> QueuedFunction:  # fmt: skip
        return QueuedFunction(
            self, name, frame=self._frame, handler=f"holdfast.batches.{module}.lambda_handler", size=size, code=code,
            environment={**self._ledger.environment(name), **settings, **({} if code is None else ARROW)},
        )  # fmt: skip

    def _let_keep(self, function: QueuedFunction, objects: str, actions: set[str], *, encrypt: bool = False) -> None:
        """Let a function read or store its own kind of object in the state bucket."""
        function.may("KeepState", actions, on=[self._state.arn_for_objects(objects)], because=OWN_OBJECTS)
        self._let_use_key(function, self._state, encrypt=encrypt)

    def _let_use_key(self, function: QueuedFunction, bucket: s3.IBucket, *, encrypt: bool) -> None:
        if bucket.encryption_key is not None:
            function.use_key("UseStateKey", [bucket.encryption_key.key_arn], by="s3", encrypt=encrypt)
