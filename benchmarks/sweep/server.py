"""moto's HTTP server, which counts the calls that it answers.   usage: python server.py PORT"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

COUNT, RESET = "/__count", "/__reset"


class Silent(WSGIRequestHandler):
    """Write no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Counting:
    """Pass each request on, and count it by what it asks for."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._counts, self._lock = app, Counter[str](), Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, or give the counts."""
        if environ["PATH_INFO"] == COUNT:
            start_response("200 OK", [("content-type", "application/json")])
            return [json.dumps(self._counts).encode()]
        if environ["PATH_INFO"] == RESET:
            self._counts.clear()
            start_response("200 OK", [])
            return [b""]
        name = environ["QUERY_STRING"].partition("=")[0].partition("&")[0] or environ["REQUEST_METHOD"]
        with self._lock:
            self._counts[name] += 1
        return self._app(environ, start_response)


if __name__ == "__main__":
    run_simple(
        "127.0.0.1", int(sys.argv[1]), Counting(DomainDispatcherApplication(create_backend_app)), threaded=True,
        request_handler=Silent,
    )  # fmt: skip
