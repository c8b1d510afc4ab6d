"""AWS's errors say who must act."""

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ThrottledRetryableChecker

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


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_unknown_fault_of_the_service_is_retried(status: int) -> None:
    assert isinstance(translate(error("Odd", status), "reading"), TransientError)


def test_every_code_that_botocore_calls_throttling_is_retried() -> None:
    named = set(ThrottledRetryableChecker._THROTTLED_ERROR_CODES)
    quotas = {"LimitExceededException", "BandwidthLimitExceeded", "EC2ThrottledException"}
    assert {code for code in named - quotas if not isinstance(translate(error(code), "x"), TransientError)} == set()


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "SlowDownPlease", "Throttling2"])
def test_the_rest_is_an_operators_matter(code: str) -> None:
    assert isinstance(translate(error(code), "reading"), ConfigurationError)
