"""The topic people listen to."""

from typing import Any

from botocore.exceptions import ClientError

from holdfast.notification.logic import Letter
from holdfast.notification.settings import NotificationSettings
from holdfast.shared.clients import client, translate


class Topic:
    """Publish letters; a topic repeats what it is told, so a letter carries its decision's id."""

    def __init__(self, sns: Any, arn: str) -> None:
        self._sns = sns
        self._arn = arn

    @classmethod
    def connect(cls, settings: NotificationSettings) -> "Topic":
        """Open the topic these settings name."""
        return cls(client("sns"), settings.topic)

    def publish(self, letter: Letter) -> None:
        """Send one letter, or raise saying who must act."""
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in letter.attributes.items() if value
        }
        try:
            self._sns.publish(
                TopicArn=self._arn, Subject=letter.subject, Message=letter.text, MessageAttributes=attributes
            )
        except ClientError as error:
            raise translate(error, f"publishing to {self._arn}") from error
