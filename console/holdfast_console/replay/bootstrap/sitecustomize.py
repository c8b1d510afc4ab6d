"""Imported first by a child of the local twin: its clock is the twin's, and it asks the twin before each call.

It runs in an environment of its own, so it stands on nothing but what that environment has.
"""

import json
import os
import socket
from datetime import UTC, datetime
from typing import Any

import time_machine
from awslambdaric.lambda_runtime_client import BaseLambdaRuntimeClient
from botocore.client import BaseClient
from botocore.exceptions import ClientError

_twin = socket.socket(fileno=int(os.environ.pop("HOLDFAST_TWIN_SOCKET")))
_answers = _twin.makefile("r", encoding="utf-8")
_travel = time_machine.travel(
    datetime.fromtimestamp(float(os.environ.pop("HOLDFAST_TWIN_TIME")), UTC), tick=False
).start()
_wait = BaseLambdaRuntimeClient.wait_next_invocation
_call = BaseClient._make_api_call


def _ask(question: dict[str, Any]) -> Any:
    _twin.sendall(json.dumps(question, default=_plain).encode() + b"\n")
    return json.loads(_answers.readline())


def _plain(value: Any) -> Any:
    return f"<{len(value)} bytes>" if isinstance(value, bytes | bytearray) else str(value)


def _next(client: Any) -> Any:
    request = _wait(client)
    _travel.move_to(datetime.fromtimestamp(json.loads(request.client_context)["custom"]["now"], UTC))
    return request


def _asked(client: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
    call = {
        "service": client.meta.service_model.service_name, "operation": operation_name, "params": api_params or {},
        "region": client.meta.region_name,
    }  # fmt: skip
    if (refusal := _ask({"before": call})) is not None:
        raise ClientError(refusal, operation_name)
    try:
        answer = _call(client, operation_name, api_params)
    except ClientError as error:
        _ask({"after": call, "error": error.response.get("Error", {}).get("Code")})
        raise
    _ask({"after": call, "error": None})
    return answer


BaseLambdaRuntimeClient.wait_next_invocation = _next
BaseClient._make_api_call = _asked
