"""Write the report on every verdict, and store it where nobody can change it before its time."""

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from holdfast.batches.settings import ReporterSettings
from infra.constructs.batches import ARROW, BASELINES, OWN_OBJECTS, PARTS_MB, SPOOL_MB
from infra.constructs.governed_function import QueuedFunction, Size
from infra.constructs.governed_objects import GovernedObjects
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame


class Reports(Construct):
    """The function that counts a judged batch once more, and that alone may store reports."""

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess, state: s3.IBucket,
        reports: s3.IBucket,
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        settings = ReporterSettings.environment(
            account=Stack.of(self).account, state_bucket=state.bucket_name, report_bucket=reports.bucket_name,
            lock_mode=frame.stage.report_lock.upper(), retention_days=frame.stage.report_retention_days,
        )  # fmt: skip
        self.reporter = QueuedFunction(
            self, "BatchReporter", frame=frame, handler="holdfast.batches.reporter.lambda_handler",
            code=frame.code.data, environment={**ledger.environment("BatchReporter"), **settings, **ARROW},
            size=Size(memory_mb=2048, timeout_seconds=300, batch_size=1, disk_mb=SPOOL_MB + PARTS_MB),
        )  # fmt: skip
        told = ledger.announced({"Batch Judged": None, "Batch Examined": None})
        self.reporter.inbox.receives("Judged", told, bus=ledger.bus)
        GovernedObjects(frame.manifest, Stack.of(self)).let_read(self.reporter)
        self._let_keep("ReadBaselines", state, BASELINES, {"s3:GetObject"})
        locked = {"s3:GetObject", "s3:PutObject", "s3:PutObjectRetention"}
        self._let_keep("KeepReports", reports, "*", locked)
        ledger.let_commit(self.reporter, "reports")
        keys = {key.key_arn for bucket in (state, reports) if (key := bucket.encryption_key) is not None}
        if keys:
            self.reporter.use_key("SealReports", sorted(keys), by="s3", encrypt=True)

    def _let_keep(self, sid: str, bucket: s3.IBucket, objects: str, actions: set[str]) -> None:
        self.reporter.may(sid, actions, on=[bucket.arn_for_objects(objects)], because=OWN_OBJECTS)
