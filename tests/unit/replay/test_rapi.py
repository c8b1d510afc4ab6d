import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from holdfast_console.replay.rapi import InitError, RuntimeApi

HANDLERS = """
import os, sys, time
print("imported")
def echo(event, context):
    print("called")
    return {"event": event, "function": context.invoked_function_arn, "left": context.get_remaining_time_in_millis(),
            "custom": context.client_context.custom if context.client_context else None,
            "variable": os.environ.get("VARIABLE")}
def fail(event, context):
    raise ValueError("no such thing")
def leave(event, context):
    os._exit(3)
def sleep(event, context):
    time.sleep(30)
"""


@pytest.fixture
def handlers(tmp_path: Path) -> Path:
    (tmp_path / "handlers.py").write_text(HANDLERS)
    (tmp_path / "broken.py").write_text("raise RuntimeError('not today')")
    return tmp_path


@pytest.fixture
def api() -> Iterator[RuntimeApi]:
    with RuntimeApi() as api:
        yield api


def start(api: RuntimeApi, folder: Path, handler: str, **variables: str) -> float:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder),
        "AWS_LAMBDA_FUNCTION_NAME": "test",
        **variables,
    }
    return api.start([sys.executable, "-m", "awslambdaric", handler], environment, cwd=folder)


def test_a_function_is_started_once_and_invoked_often(api: RuntimeApi, handlers: Path) -> None:
    seconds = start(api, handlers, "handlers.echo", VARIABLE="value")
    answers = [api.invoke({"number": number, "text": "Grüße"}) for number in range(3)]
    assert [answer.payload["event"] for answer in answers] == [
        {"number": number, "text": "Grüße"} for number in range(3)
    ]
    assert all(answer.error is None and answer.payload["variable"] == "value" for answer in answers)
    assert (api.log.count("imported"), api.log.count("called")) == (1, 3)
    assert 0 < seconds < 30
    assert 0 < min(answer.seconds for answer in answers) < 0.04, "a Nagle delay would cost 40 ms a call"


def test_an_invocation_carries_its_context(api: RuntimeApi, handlers: Path) -> None:
    start(api, handlers, "handlers.echo")
    answer = api.invoke(
        {}, timeout_seconds=60, function_arn="arn:aws:lambda:x:1:function:f", client_context={"custom": {"now": 1}}
    )
    assert answer.payload["function"] == "arn:aws:lambda:x:1:function:f"
    assert answer.payload["custom"] == {"now": 1}
    assert 50_000 < answer.payload["left"] <= 60_000


def test_an_error_is_an_answer_and_the_function_goes_on(api: RuntimeApi, handlers: Path) -> None:
    start(api, handlers, "handlers.fail")
    for _ in range(2):
        answer = api.invoke({})
        assert answer.error is not None
        assert (answer.error["errorType"], answer.error["errorMessage"]) == ("ValueError", "no such thing")


def test_a_function_that_leaves_is_an_error_and_can_be_started_again(api: RuntimeApi, handlers: Path) -> None:
    start(api, handlers, "handlers.leave")
    answer = api.invoke({})
    assert answer.error is not None
    assert answer.error["errorType"] == "Runtime.ExitError"
    start(api, handlers, "handlers.echo")
    assert api.invoke({"again": True}).payload["event"] == {"again": True}


def test_a_function_out_of_time_is_killed(api: RuntimeApi, handlers: Path) -> None:
    start(api, handlers, "handlers.sleep")
    answer = api.invoke({}, timeout_seconds=0.5)
    assert answer.error is not None
    assert answer.error["errorType"] == "Sandbox.Timedout"
    assert answer.seconds < 5


@pytest.mark.parametrize(
    ("handler", "reason"),
    [("broken.handler", "not today"), ("absent.handler", "absent"), ("handlers.absent", "absent")],
)
def test_a_function_that_cannot_start_says_why(api: RuntimeApi, handlers: Path, handler: str, reason: str) -> None:
    with pytest.raises(InitError, match=reason):
        start(api, handlers, handler)
