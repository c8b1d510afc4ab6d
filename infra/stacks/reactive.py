"""What reacts: every function with its rules and queues, the bus, the alarms and the dashboard."""

from aws_cdk import CfnOutput, Environment, Stack, StackSynthesizer
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from holdfast.manifest import Manifest
from infra.code import CodeSets
from infra.constructs.batches import Batches
from infra.constructs.compliance import Compliance
from infra.constructs.dashboard import Dashboard
from infra.constructs.findings import ConfigRule, SecurityHubExport
from infra.constructs.governed_function import GovernedFunction
from infra.constructs.hook import ProposalHook
from infra.constructs.ledger import LedgerAccess
from infra.constructs.notification import Notification
from infra.constructs.remediation import Remediation
from infra.constructs.reports import Reports
from infra.constructs.retraining import Retraining
from infra.frame import Frame
from infra.settings import Stage
from infra.stacks.stateful import Stateful


class Reactive(Stack):
    """Everything that can be taken down and put up again without loss."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        manifest: Manifest,
        stateful: Stateful,
        code: CodeSets,
        env: Environment,
        synthesizer: StackSynthesizer,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, synthesizer=synthesizer,
            description="Holdfast: judges, actors and what feeds them",
        )  # fmt: skip
        layer = lambda_.LayerVersion(self, "Manifest", code=code.manifest, description="governance.json")
        frame = Frame(
            stage=stage, manifest=manifest, code=code, manifest_layer=layer, messages_key=stateful.messages_key,
            alarm_topic=stateful.alarm_topic,
            exports=stateful.exports,
        )  # fmt: skip
        ledger = LedgerAccess(self, "Ledger", frame=frame, table=stateful.ledger)
        batches = Batches(
            self, "Batches", frame=frame, ledger=ledger, state=stateful.state, quarantine=stateful.quarantine
        )
        Reports(self, "Reports", frame=frame, ledger=ledger, state=stateful.state, reports=stateful.reports)
        Retraining(self, "Retraining", frame=frame, ledger=ledger)
        Compliance(self, "Compliance", frame=frame, ledger=ledger)
        own = (stateful.state, stateful.quarantine, stateful.reports, stateful.access_logs)
        Remediation(self, "Remediation", frame=frame, ledger=ledger, own=own)
        if stage.security_hub:
            SecurityHubExport(self, "SecurityHub", frame=frame, ledger=ledger)
        if stage.config_rules:
            ConfigRule(self, "Config", frame=frame)
        if stage.hook != "off":
            ProposalHook(self, "Proposals", frame=frame, spares=(self.stack_name, stateful.stack_name))
        Notification(self, "Notification", frame=frame, ledger=ledger, topic=stateful.notices)
        functions = [found for found in self.node.find_all() if isinstance(found, GovernedFunction)]
        Dashboard(self, "Dashboard", functions=functions, namespace=stage.namespace)
        queue = batches.judge.inbox.queue
        self._tell(LedgerTable=stateful.ledger.table_name, NoticesTopicArn=stateful.notices.topic_arn)
        self._tell(BatchQueueArn=queue.queue_arn, BatchQueueUrl=queue.queue_url)

    def _tell(self, **values: str) -> None:
        """Print at the end of a deployment what the `holdfast` command asks for."""
        for name, value in values.items():
            CfnOutput(self, name, value=value)
