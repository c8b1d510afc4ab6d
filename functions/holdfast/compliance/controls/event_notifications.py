"""Someone is told of what happens to objects."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import NOTIFICATION
from holdfast.compliance.standards import nist

DESTINATIONS = {
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
}


class Wanted(Parameters):
    """Of which events someone must be told, and who, if that matters."""

    event_types: Listed = ()
    destination_arn: str | None = None


def check(facts: Facts) -> str | None:
    """Fail unless someone is told, and of each type of event that was asked for; EventBridge is told of all."""
    wanted, told = facts.given(Wanted), list(_told(facts[NOTIFICATION]))
    if not told:
        return "event notifications are not enabled"
    heard = [event for arn, event in told if wanted.destination_arn in (None, arn)]
    if not heard:
        return f"no event notification goes to {wanted.destination_arn}"
    missing = [kind for kind in wanted.event_types if not any(fnmatchcase(kind, event) for event in heard)]
    return f"no event notification for {', '.join(missing)}" if missing else None


def _told(notification: Fact) -> Iterator[tuple[str | None, str]]:
    """Give each destination with each type of event it is told of."""
    if "EventBridgeConfiguration" in notification:
        yield None, "*"
    for field, arn in DESTINATIONS.items():
        for one in notification.get(field, []):
            yield from ((one.get(arn), event) for event in one.get("Events", []))


CONTROL = Control(
    id="event_notifications",
    kind="s3_bucket",
    title="event notifications are enabled",
    severity="medium",
    rationale="Who is not told that data came, changed or went away finds out too late.",
    advice="Send the bucket's events to EventBridge, or to a queue, topic or function.",
    references=(
        "FSBP S3.11",
        "Config s3-event-notifications-enabled",
        "Prowler s3_bucket_event_notifications_enabled",
        *nist("CA-7 SI-3(8) SI-4 SI-4(4)"),
    ),
    events=("PutBucketNotification", "PutBucketNotificationConfiguration"),
    reads=(NOTIFICATION,),
    check=check,
    parameters=Wanted,
    optional=True,
)
