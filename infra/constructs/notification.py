"""Tell people what is worth their time."""

from aws_cdk import aws_sns as sns
from constructs import Construct

from holdfast.notification.contract import NOTABLE
from holdfast.notification.settings import NotificationSettings
from infra.constructs.governed_function import QueuedFunction
from infra.constructs.ledger import LedgerAccess
from infra.frame import Frame


class Notification(Construct):
    """The notifier, which may publish to one topic."""

    def __init__(
        self, scope: Construct, construct_id: str, *, frame: Frame, ledger: LedgerAccess, topic: sns.ITopic
    ) -> None:  # fmt: skip
        super().__init__(scope, construct_id)
        settings = NotificationSettings.environment(topic=topic.topic_arn, stage=frame.stage.name)
        self.notifier = QueuedFunction(
            self, "Notifier", frame=frame, handler="holdfast.notification.notifier.lambda_handler",
            environment={**ledger.environment("Notifier"), **settings},
        )  # fmt: skip
        self.notifier.inbox.receives("Notable", ledger.announced(NOTABLE), bus=ledger.bus)
        self.notifier.may("Tell", {"sns:Publish"}, on=[topic.topic_arn])
        self.notifier.use_key("SealNotices", [frame.messages_key.key_arn], by="sns", encrypt=True)
        ledger.let_look_up(self.notifier)
