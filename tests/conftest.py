"""Fixtures every test may use: an AWS that is moto, a ledger in it, and events as a queue would bring them."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(
    AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_SESSION_TOKEN="testing",
    AWS_DEFAULT_REGION="eu-west-1", AWS_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true", AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",
    POWERTOOLS_TRACE_DISABLED="true", POWERTOOLS_METRICS_NAMESPACE="Holdfast", POWERTOOLS_SERVICE_NAME="holdfast",
)  # fmt: skip
os.environ.pop("AWS_PROFILE", None)

import boto3
import pytest
from moto import mock_aws

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.logic import Author
from holdfast.shared import clients

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
ACCOUNT = "123456789012"
REGION = "eu-west-1"
TABLE = "ledger"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler of its invocation."""

    function_name: str = "holdfast-test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:holdfast-test"
    aws_request_id: str = "52fdfc07-2182-154f-163f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        """Give plenty."""
        return 60_000


@pytest.fixture
def context() -> Context:
    """Give a Lambda context."""
    return Context()


@pytest.fixture
def aws() -> Iterator[None]:
    """Stand moto behind boto3, with no client of another test left over, and tables that it does not copy whole."""
    from holdfast_console.replay.strict import TABLES, replaced

    clients.forget()
    with mock_aws(), replaced(TABLES):
        yield
    clients.forget()


def make_ledger_table(name: str = TABLE) -> None:
    """Create the ledger's table as it is deployed."""
    boto3.client("dynamodb", REGION).create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


@pytest.fixture
def ledger(aws: None) -> Ledger:
    """Give a ledger on an empty table."""
    make_ledger_table()
    return Ledger(boto3.client("dynamodb", REGION), TABLE, Author("test", "manifest"))


@pytest.fixture
def queued() -> Callable[..., dict[str, Any]]:
    """Wrap messages as an SQS queue hands them to a function."""

    def wrap(*bodies: Any, attempt: int = 1) -> dict[str, Any]:
        return {"Records": [_record(number, body, attempt) for number, body in enumerate(bodies)]}

    return wrap


def _record(number: int, body: Any, attempt: int) -> dict[str, Any]:
    return {
        "messageId": f"message-{number}",
        "receiptHandle": "handle",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(attempt), "SentTimestamp": "1700000000000"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue",
        "awsRegion": REGION,
    }


@pytest.fixture
def sample() -> Callable[[str], Any]:
    """Read one of the sample events."""
    return lambda name: json.loads((ROOT / "events" / f"{name}.json").read_text())


@pytest.fixture
def shared() -> Path:
    """Give the folder of shared data, or skip saying that it is not there."""
    if not SHARED.is_dir():
        pytest.skip(f"no folder {SHARED.name!r} beside the project: real data is not at hand")
    return SHARED
