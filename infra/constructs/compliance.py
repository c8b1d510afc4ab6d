"""Judge every bucket in scope when its configuration changes."""

from aws_cdk import Stack
from constructs import Construct

from holdfast.compliance import controls
from holdfast.compliance.control import Control
from holdfast.compliance.settings import ComplianceSettings
from holdfast.shared.catalogue import discover
from infra.constructs.governed_function import QueuedFunction
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame

READ_ONLY = "compliance judges every bucket, by settings that this role can only read"
NO_NARROWER = "neither tracing nor the account's own settings can be granted on a narrower resource"
BIRTH_AND_DEATH = ("CreateBucket", "DeleteBucket")


class Compliance(Construct):
    """A judge that may read what its controls declare, and no more."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess) -> None:
        super().__init__(scope, construct_id)
        catalogue = discover(controls, Control).values()
        stack = Stack.of(self)
        settings = ComplianceSettings.environment(account=stack.account)
        self.judge = QueuedFunction(
            self, "ComplianceJudge", frame=frame, handler="holdfast.compliance.judge.lambda_handler",
            environment={**ledger.environment("ComplianceJudge"), **settings},
        )  # fmt: skip
        names = sorted({*BIRTH_AND_DEATH, *(name for control in catalogue for name in control.events)})
        changed = {"source": ["aws.s3"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": names}}
        self.judge.inbox.receives("Changed", {"": changed})
        reads = [read for control in catalogue for read in control.reads]
        of_buckets = {read.permission for read in reads if read.level == "bucket"}
        of_account = {read.permission for read in reads if read.level == "account"}
        self.judge.may("ReadBuckets", of_buckets, on=[f"arn:{stack.partition}:s3:::*"], because=READ_ONLY)
        self.judge.may("ReadAccount", of_account, on=["*"], because=NO_NARROWER)
        ledger.let_commit(self.judge, "compliance")
