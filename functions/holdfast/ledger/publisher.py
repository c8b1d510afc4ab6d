"""Entry point: the ledger's table changed, so announce what entered its outbox."""

import os
from functools import cache
from typing import Any

import holdfast.shared.collector  # noqa: F401 - what is imported below is not looked over for garbage

# isort: split

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBStreamEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from holdfast.ledger.announcer import Announcer, Pending
from holdfast.ledger.contract import PublisherSettings
from holdfast.ledger.keys import OUTBOX_PREFIX
from holdfast.shared.errors import GovernanceError

logger = Logger(service="ledger-publisher")


@cache
def announcer() -> Announcer:
    """Build the clients once per execution environment."""
    return Announcer.connect(PublisherSettings.load(os.environ))


def announce(record: DynamoDBRecord) -> None:
    """Announce one change of the table, if it is an entry new in the outbox."""
    image = record.raw_event["dynamodb"].get("NewImage", {})
    if record.raw_event["eventName"] == "INSERT" and image.get("pk", {}).get("S", "").startswith(OUTBOX_PREFIX):
        pending = Pending.parse(image)
        announcer().announce(pending)
        logger.info("entry announced", kind=pending.entry.kind, decision_id=pending.entry.decision_id)


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Announce a batch of the stream up to the first failure; from there on the stream brings it again."""
    for record in DynamoDBStreamEvent(event).records:
        try:
            announce(record)
        except GovernanceError:
            sequence = record.raw_event["dynamodb"]["SequenceNumber"]
            logger.exception("entry not announced", sequence_number=sequence)
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}
