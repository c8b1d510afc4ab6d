"""What the notifier needs to know."""

from pydantic import Field

from holdfast.shared.settings import Settings


class NotificationSettings(Settings):
    """The topic people listen to, and the stage that speaks."""

    topic: str = Field(pattern=r"^arn:aws[a-z-]*:sns:")
    stage: str = Field(min_length=1)
