"""Run functions with libraries of their own in their environment, under Lambda's own runtime, proved like the rest."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from moto.server import ThreadedMotoServer

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.gate import Call, Caller, denial
from holdfast_console.replay.poller import Outcome
from holdfast_console.replay.rapi import RuntimeApi
from holdfast_console.replay.runner import environment
from holdfast_console.replay.site import InstalledFunction

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-alibi" / "bin" / "python"
BOOTSTRAP = Path(__file__).with_name("bootstrap")
PATIENCE_SECONDS = 180


class Children:
    """One process for each image function, started when it is first needed, in front of one moto server."""

    def __init__(
        self,
        *,
        allow: Callable[[Call], str | None],
        seen: Callable[[Call], None],
        now: Callable[[], datetime],
        region: str,
        python: Path = PYTHON,
    ) -> None:
        self._allow, self._seen, self._now, self._region, self._python = allow, seen, now, region, python
        self._stack = ExitStack()
        self._apis: dict[str, RuntimeApi] = {}
        self._endpoint: str | None = None
        self._read: dict[str, int] = {}

    def run(self, function: InstalledFunction, event: Mapping[str, Any]) -> tuple[Outcome, list[dict[str, Any]]]:
        """Invoke a function once; give its outcome and the lines it logged."""
        if function.arn not in self._apis:
            self._apis[function.arn] = self._start(function)
        api = self._apis[function.arn]
        answer = api.invoke(
            event,
            timeout_seconds=max(function.timeout_seconds, PATIENCE_SECONDS),
            now_ms=int(self._now().timestamp() * 1000),
            function_arn=function.arn,
            client_context={"custom": {"now": self._now().timestamp()}},
        )
        first, self._read[function.arn] = self._read.get(function.arn, 0), len(api.log)
        logs = [_line(text) for text in api.log[first:]]
        if answer.error is not None:
            return Outcome(None, f"{answer.error.get('errorType')}: {answer.error.get('errorMessage')}"), logs
        return Outcome(answer.payload, None), logs

    def close(self) -> None:
        """End every process, and the server."""
        self._apis.clear()
        self._stack.close()

    def _start(self, function: InstalledFunction) -> RuntimeApi:
        if not self._python.exists():
            raise ConfigurationError(
                f"{function.name} runs in {self._python.parents[1].name}, which is not there: run `make setup`"
            )
        ours, theirs = socket.socketpair()
        self._stack.callback(ours.close)
        caller = Caller(function.name, function.role_arn)
        threading.Thread(target=self._answer, args=(ours, caller), daemon=True).start()
        api = self._stack.enter_context(RuntimeApi())
        variables = {
            **environment(function, self._region),
            "AWS_ENDPOINT_URL": self._server(),
            "PYTHONPATH": f"{BOOTSTRAP}:{function.code}",
            "HOLDFAST_TWIN_SOCKET": str(theirs.fileno()),
            "HOLDFAST_TWIN_TIME": str(self._now().timestamp()),
        }
        command = [str(self._python), "-m", "awslambdaric", function.handler]
        api.start(command, variables, cwd=function.code, pass_fds=(theirs.fileno(),), timeout_seconds=PATIENCE_SECONDS)
        theirs.close()
        return api

    def _server(self) -> str:
        if self._endpoint is None:
            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            server.start()
            self._stack.callback(server.stop)
            host, port = server.get_host_and_port()
            self._endpoint = f"http://{host}:{port}"
        return self._endpoint

    def _answer(self, connection: socket.socket, caller: Caller) -> None:
        """Judge each call before the child makes it, and take note of it afterwards."""
        with connection.makefile("rw", encoding="utf-8") as lines:
            for line in lines:
                lines.write(json.dumps(self._reply(json.loads(line), caller)) + "\n")
                lines.flush()

    def _reply(self, said: Mapping[str, Any], caller: Caller) -> Any:
        told = said.get("before") or said["after"]
        call = Call(caller, told["service"], told["operation"], told["params"], told["region"], said.get("error"))
        if "after" in said:
            self._seen(call)
            return None
        refusal = self._allow(call)
        return None if refusal is None else denial(call, refusal).response


def _line(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": text}
