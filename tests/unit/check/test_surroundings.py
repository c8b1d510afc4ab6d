from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from holdfast_console.check.surroundings import built_in, fresh_clients


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("http://127.0.0.1:5000", "127.0.0.1:5000"),
        ("http://localhost:4566", "localhost:4566"),
        ("https://s3.internal.example", "123456789012.s3.internal.example"),
        (None, "123456789012.s3-control.eu-west-1.amazonaws.com"),
    ],
)
def test_an_account_is_part_of_a_host_only_where_that_is_a_name(
    endpoint: str | None, host: str, aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(request: Any, **_: object) -> AWSResponse:
        asked.append(request.url.split("/")[2])
        return AWSResponse(request.url, 200, {}, SimpleNamespace(stream=lambda: [b""]))

    if endpoint is not None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with fresh_clients():
        made = built_in("eu-west-1")("s3control")
        made.meta.events.register_first("before-send.s3-control", answer)
        made.get_public_access_block(AccountId="123456789012")
    assert asked == [host]
