"""boto3 clients built once, on first use, and AWS's errors in our own words."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from holdfast.shared.errors import ConfigurationError, GovernanceError, TransientError

PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 6}, connect_timeout=5, read_timeout=20)
TRANSIENT = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "OperationAborted",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "403",
        "AllAccessDisabled",
        "KMS.AccessDeniedException",
        "UnauthorizedOperation",
    }
)
TOO_MANY = 429


@cache
def client(service: str, region: str | None = None) -> Any:
    """Return the one client of a service in this environment."""
    return boto3.client(service, region_name=region, config=PATIENT)


def forget() -> None:
    """Drop every client, so that the next one is built in the surroundings of that moment."""
    client.cache_clear()


def code_of(error: ClientError) -> str:
    """Give AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def translate(error: ClientError, what: str) -> GovernanceError:
    """Turn an AWS error into the class that says who must act."""
    code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))[:200]
    said = f"{what}: {error.operation_name} answered {code}: {message}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in TRANSIENT or status == TOO_MANY or status >= 500:
        return TransientError(said)
    return ConfigurationError(said)
