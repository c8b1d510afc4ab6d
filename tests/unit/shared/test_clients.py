"""AWS's errors say who must act."""

import pytest
from botocore.exceptions import ClientError

from holdfast.shared.clients import translate
from holdfast.shared.errors import ConfigurationError, TransientError


def error(code: str, status: int = 400) -> ClientError:
    """Make an AWS error."""
    return ClientError(
        {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetThing"
    )


@pytest.mark.parametrize("code", ["ThrottlingException", "SlowDown", "InternalError", "ServiceUnavailable"])
def test_what_passes_by_itself_is_retried(code: str) -> None:
    assert isinstance(translate(error(code), "reading"), TransientError)


def test_an_unknown_fault_of_the_service_is_retried() -> None:
    assert isinstance(translate(error("Odd", 503), "reading"), TransientError)


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDownPlease", "Throttling2"])
def test_the_rest_is_an_operators_matter(code: str) -> None:
    assert isinstance(translate(error(code), "reading"), ConfigurationError)
