"""Tell others what the controls find, where the stage asks for it: Security Hub, and AWS Config's custom rules."""

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from holdfast.compliance.contract import ResourceJudged
from holdfast.compliance.formats.documents.asff import product_arn
from holdfast.compliance.settings import ComplianceSettings, ConfigRuleSettings
from infra.constructs.compliance import let_ask, needed
from infra.constructs.governed_function import GovernedFunction, QueuedFunction, Size
from infra.constructs.inbox import sealed_queue
from infra.constructs.ledger import MANIFEST_PATH, LedgerAccess
from infra.frame import Frame

CONFIG = "config.amazonaws.com"
NO_NARROWER = "neither tracing nor evaluations can be granted on a narrower resource"


class SecurityHubExport(Construct):
    """Import findings that changed, into this account's own product and nothing else."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        settings = ComplianceSettings.environment(account=stack.account, region=stack.region, partition=stack.partition)
        self.exporter = QueuedFunction(
            self, "SecurityHubExporter", frame=frame, handler="holdfast.compliance.security_hub.lambda_handler",
            environment={**ledger.environment("SecurityHubExporter"), **settings},
        )  # fmt: skip
        self.exporter.inbox.receives("Judged", ledger.announced({ResourceJudged.kind: None}), bus=ledger.bus)
        ours = product_arn(stack.partition, stack.region, stack.account)
        self.exporter.may("ImportFindings", {"securityhub:BatchImportFindings"}, on=[ours])
        self.exporter.may("ReadStreams", {"dynamodb:Query"}, on=[ledger.table.table_arn])
        ledger.let_look_up(self.exporter)


class ConfigRule(Construct):
    """Answer AWS Config's custom rules of this account by the judge's own controls; the rules are the account's."""

    def __init__(self, scope: Construct, construct_id: str, *, frame: Frame) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        settings = ConfigRuleSettings.environment(
            account=stack.account, region=stack.region, partition=stack.partition, manifest=MANIFEST_PATH
        )
        self.rule = GovernedFunction(
            self, "ConfigRule", frame=frame, handler="holdfast.compliance.config_rule.lambda_handler",
            environment=settings, size=Size(timeout_seconds=900),
        )  # fmt: skip
        lambda_.CfnPermission(
            self, "LetConfigAsk", action="lambda:InvokeFunction", function_name=self.rule.function.function_arn,
            principal=CONFIG, source_account=stack.account,
        )  # fmt: skip
        self._keep_failures(frame)
        let_ask(self.rule, needed())
        self.rule.may("Answer", {"config:PutEvaluations"}, on=["*"], because=NO_NARROWER)

    def _keep_failures(self, frame: Frame) -> None:
        """Keep what was asked and could not be answered, where a person sees it."""
        unanswered = sealed_queue(self.rule, "Unanswered", key=frame.messages_key, days=14)
        self.rule.may("KeepUnanswered", {"sqs:SendMessage"}, on=[unanswered.queue_arn])
        self.rule.use_key("SealUnanswered", [frame.messages_key.key_arn], by="sqs", encrypt=True)
        lambda_.CfnEventInvokeConfig(
            self.rule, "Retries", function_name=self.rule.function.function_name, qualifier="$LATEST",
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=unanswered.queue_arn)
            ),
        )  # fmt: skip
        self.rule.alarms.on_dead_letters("Unanswered", unanswered)
