"""A small Lambda Runtime API: runs a function's own runtime (awslambdaric) in a child process and hands it events.

with RuntimeApi() as api:
    init_seconds = api.start([python, "-m", "awslambdaric", "package.module.handler"], environment)
    answer = api.invoke({"Records": []})           # answer.payload, or answer.error; answer.seconds
"""

import json
import os
import queue
import select
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from holdfast.shared.errors import ConfigurationError

VERSION = "/2018-06-01/runtime"
CHUNK_BYTES = 65536
ARN = "arn:aws:lambda:us-east-1:123456789012:function:local"


class InitError(ConfigurationError):
    """The function's process ended or reported an error before it asked for its first event."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one invocation came to: the handler's payload, or the error it raised."""

    payload: Any
    error: dict[str, Any] | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Invocation:
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Report:
    """Something the child told us: `ready`, `response`, `error`, `init error` or `exit`."""

    kind: str
    body: Any = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Endpoint)
        self.forget()

    def forget(self) -> None:
        """Begin anew, so that nothing of a process that has ended reaches the next."""
        self.waiting: queue.SimpleQueue[_Invocation | None] = queue.SimpleQueue()
        self.reports: queue.SimpleQueue[_Report] = queue.SimpleQueue()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Endpoint(BaseHTTPRequestHandler):
    """The four calls of the Runtime API."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # without it every call waits 45 ms for an acknowledgement
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Give the next event, as soon as there is one."""
        self.server.reports.put(_Report("ready"))
        invocation = self.server.waiting.get()
        if invocation is None:
            self.close_connection = True
            return
        self._answer(200, invocation.body, invocation.headers)

    def do_POST(self) -> None:
        """Take a response, an error, or an error of the initialisation."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        last = self.path.rsplit("/", 1)[-1]
        kind = "init error" if "/init/" in self.path else last
        self._answer(202, b'{"status":"OK"}', {})
        self.server.reports.put(_Report(kind, body))

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: the function's own log is what counts."""


class _Said:
    """What a process prints, read by the thread that keeps the pipe from filling and by whoever needs all of it now."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: list[str]) -> None:
        self._pipe, self._log = process.stdout, log
        self._lock, self._rest, self._is_over = threading.Lock(), b"", process.stdout is None

    def wait(self) -> bool:
        """Wait until there is something to read; False once there never will be."""
        if not self._is_over and self._pipe is not None:
            select.select([self._pipe], [], [])
        return not self._is_over

    def read(self) -> None:
        """Take over all that was printed so far."""
        with self._lock:
            while self._pipe is not None and not self._is_over and select.select([self._pipe], [], [], 0)[0]:
                chunk = os.read(self._pipe.fileno(), CHUNK_BYTES)
                self._is_over = not chunk
                *lines, self._rest = (self._rest + chunk).split(b"\n")
                self._log.extend(line.decode(errors="replace") for line in lines)

    def close(self) -> None:
        """Let go of the pipe, once it is over."""
        with self._lock:
            if self._pipe is not None:
                self._pipe.close()


class RuntimeApi:
    """One execution environment of one function."""

    def __init__(self) -> None:
        self._server = _Server()
        self._process: subprocess.Popen[bytes] | None = None
        self._said: _Said | None = None
        self.log: list[str] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._server.shutdown()
        self._server.server_close()

    def start(
        self, command: Sequence[str], env: Mapping[str, str], *, cwd: Path | None = None,
        pass_fds: Sequence[int] = (), timeout_seconds: float = 120,
    ) -> float:  # fmt: skip
        """Start the function's process and give the seconds until it asked for its first event."""
        self.stop()
        self._server.forget()
        began = time.perf_counter()
        environment = {**env, "AWS_LAMBDA_RUNTIME_API": self._server.address}
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            list(command), env=environment, cwd=cwd, pass_fds=tuple(pass_fds),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._said = _Said(self._process, self.log)
        follow = threading.Thread(
            target=self._follow, args=(self._process, self._said, self._server.reports), daemon=True
        )
        follow.start()
        report = self._wait(began + timeout_seconds)
        if report.kind != "ready":
            self.stop()
            raise InitError(f"the function did not start ({report.kind}): {self._explained(report.body)}")
        return time.perf_counter() - began

    def invoke(
        self, event: object, *, timeout_seconds: float = 60, now_ms: int | None = None,
        function_arn: str = ARN, client_context: Mapping[str, Any] | None = None,
    ) -> Answer:  # fmt: skip
        """Hand the function one event and wait for what comes of it; a function out of time is killed, as on AWS."""
        began = time.perf_counter()
        deadline = (int(time.time() * 1000) if now_ms is None else now_ms) + int(timeout_seconds * 1000)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": str(uuid.uuid4()), "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": function_arn,
        }  # fmt: skip
        if client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = json.dumps(client_context)
        self._server.waiting.put(_Invocation(json.dumps(event).encode(), headers))
        report = self._wait(began + timeout_seconds)
        seconds = time.perf_counter() - began
        if self._said is not None:
            self._said.read()
        if report.kind == "response":
            self._settled(began + timeout_seconds)
            return Answer(report.body, None, seconds)
        if report.kind == "error":
            self._settled(began + timeout_seconds)
            return Answer(None, dict(report.body or {}), seconds)
        self.stop()
        kind = "Sandbox.Timedout" if report.kind == "timeout" else "Runtime.ExitError"
        return Answer(None, {"errorType": kind, "errorMessage": self._explained(report.body)}, seconds)

    def stop(self) -> None:
        """End the function's process, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            self._server.waiting.put(None)
            process.kill()
            process.wait()

    def _settled(self, until: float) -> None:
        """Wait until the function asks for more, so that the next invocation finds it idle."""
        if self._wait(until).kind != "ready":
            self.stop()

    def _wait(self, until: float) -> _Report:
        try:
            return self._server.reports.get(timeout=max(0.0, until - time.perf_counter()))
        except queue.Empty:
            return _Report("timeout")

    def _follow(self, process: "subprocess.Popen[bytes]", said: "_Said", reports: "queue.SimpleQueue[_Report]") -> None:
        while said.wait():
            said.read()
        said.close()
        reports.put(_Report("exit", {"errorMessage": f"the process ended with {process.wait()}"}))

    def _explained(self, body: Any) -> str:
        said = body.get("errorMessage", "") if isinstance(body, dict) else ""
        return "; ".join([said, *self.log[-5:]])[:2000]
