"""Run the real handlers in this process, each with nothing but its own environment, role and manifest layer."""

import contextlib
import importlib
import json
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache, lru_cache
from io import TextIOBase
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from unittest.mock import patch

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from holdfast.shared import clients
from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.gate import Caller, Gate, Killed
from holdfast_console.replay.poller import Outcome
from holdfast_console.replay.site import InstalledFunction

PACKAGE = "holdfast"
KEPT = ("HOME", "LANG", "LC_ALL", "PATH", "PYTHONHASHSEED", "TMPDIR", "TZ", "MOTO_ACCOUNT_ID", "COVERAGE_PROCESS_START")
OPT = "/opt/"


class Runner(Protocol):
    """Something that runs a function."""

    def run(self, function: InstalledFunction, event: Mapping[str, Any]) -> tuple[Outcome, list[dict[str, Any]]]:
        """Invoke a function once; give its outcome and the lines it logged."""
        ...


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler; its time never runs out, since the clock stands still while it works."""

    function_name: str
    memory_limit_in_mb: int
    invoked_function_arn: str
    timeout_seconds: int
    aws_request_id: str
    function_version: str = "$LATEST"

    def get_remaining_time_in_millis(self) -> int:
        """Give all the time there is."""
        return self.timeout_seconds * 1000


class InProcess:
    """Imports a function's handler and calls it, as one warm execution environment after another."""

    def __init__(self, gate: Gate, *, region: str, identify: Callable[[], str]) -> None:
        self._gate = gate
        self._region = region
        self._identify = identify
        self._warm: dict[str, Callable[[Any, Any], Any]] = {}
        self._environments: dict[str, dict[str, str]] = {}

    def run(self, function: InstalledFunction, event: Mapping[str, Any]) -> tuple[Outcome, list[dict[str, Any]]]:
        """Invoke a function once; whatever it raises is the error that Lambda would report."""
        context = Context(
            function.physical_name, function.memory_mb, function.arn, function.timeout_seconds, self._identify()
        )
        own = function.handler.rsplit(".", 1)[0]
        if function.arn not in self._environments:
            self._environments[function.arn] = environment(function, self._region)
        with _surroundings(self._environments[function.arn]), _captured() as outlet, _alone(own):
            try:
                with self._gate.acting_as(Caller(function.name, function.role_arn)):
                    answer = self._handler(function)(json.loads(json.dumps(event)), context)
                return Outcome(json.loads(json.dumps(answer)), None), outlet.lines
            except (Exception, Killed) as error:  # noqa: BLE001 - whatever a function raises, Lambda makes a failed batch of it
                return Outcome(None, _said(error)), outlet.lines

    def _handler(self, function: InstalledFunction) -> Callable[[Any, Any], Any]:
        if function.arn not in self._warm:
            module = _module(function)
            _lead_loggers()
            _clear(module)
            self._warm[function.arn] = getattr(module, function.handler.rsplit(".", 1)[1])
        return self._warm[function.arn]

    def close(self) -> None:
        """Leave nothing of the environments behind."""
        for module in _ours():
            _clear(module)
        clients.forget()


def environment(function: InstalledFunction, region: str) -> dict[str, str]:
    """Give what a function finds in its environment: the template's variables, and what Lambda adds."""
    return {
        **{name: os.environ[name] for name in KEPT if name in os.environ},
        **{name: _mounted(value, function) for name, value in function.environment.items()},
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_NAME": function.physical_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_ACCESS_KEY_ID": "ASIATWINTWINTWINTWIN",
        "AWS_SECRET_ACCESS_KEY": "twin",
        "AWS_SESSION_TOKEN": "twin",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }


def _mounted(value: str, function: InstalledFunction) -> str:
    """Put a path below /opt where the layer, or the image, has it."""
    if not value.startswith(OPT):
        return value
    for folder in (*function.layers, *((function.code,) if function.is_image else ())):
        if (found := folder / value.removeprefix(OPT)).exists():
            return str(found)
    raise ConfigurationError(f"{function.name}: {value} is in none of its {len(function.layers)} layers")


def _module(function: InstalledFunction) -> ModuleType:
    name = function.handler.rsplit(".", 1)[0]
    if not (function.code / Path(*name.split("."))).with_suffix(".py").is_file():
        raise ConfigurationError(f"{function.name}: its code holds no module {name}")
    return importlib.import_module(name)


def _ours() -> tuple[ModuleType, ...]:
    return _ours_among(len(sys.modules))


@lru_cache(maxsize=1)
def _ours_among(loaded: int) -> tuple[ModuleType, ...]:
    """Find our modules among so many that are loaded; looked for again only when there are more."""
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    return tuple(sys.modules[name] for name in names)


@cache
def _caches(module: ModuleType) -> "tuple[_lru_cache_wrapper[Any], ...]":
    """Find what a module keeps for as long as its execution environment lives."""
    found = [value for value in vars(module).values() if isinstance(value, _lru_cache_wrapper)]
    return tuple(each for each in found if each.__module__ == module.__name__)


@cache
def _adapters(module: ModuleType) -> "tuple[_lru_cache_wrapper[Any], ...]":
    """Find the adapters and settings among it: what is cached without an argument depends on the environment."""
    return tuple(each for each in _caches(module) if each.__wrapped__.__code__.co_argcount == 0)


def _clear(module: ModuleType) -> None:
    for each in _caches(module):
        each.cache_clear()


@contextlib.contextmanager
def _alone(own: str) -> Iterator[None]:
    """Forget what is cached outside the function's own module while it runs, so that no other function finds it."""
    others = [each for module in _ours() if module.__name__ != own for each in _adapters(module)]
    before = [each.cache_info().currsize for each in others]
    try:
        yield
    finally:
        for each, size in zip(others, before, strict=True):
            if each.cache_info().currsize > size:
                each.cache_clear()


@contextlib.contextmanager
def _surroundings(variables: Mapping[str, str]) -> Iterator[None]:
    """Put these variables in the place of the environment: cheaper than to change it, and nothing shows through."""
    with patch.object(os, "environ", dict(variables)):
        yield


class _Outlet(TextIOBase):
    """Takes what a function prints; its log lines are JSON."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self._rest = ""

    def write(self, text: str) -> int:
        whole, _, self._rest = (self._rest + text).rpartition("\n")
        for line in whole.splitlines():
            self.lines.append(_line(line))
        return len(text)


def _line(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": text}


_outlet: list[_Outlet] = []


class _Pipe(TextIOBase):
    """Where functions' loggers write to: the outlet of the invocation at work, else the standard output of now."""

    def write(self, text: str) -> int:
        return _outlet[-1].write(text) if _outlet else sys.stdout.write(text)


_PIPE = _Pipe()


@contextlib.contextmanager
def _captured() -> Iterator[_Outlet]:
    outlet = _Outlet()
    _outlet.append(outlet)
    try:
        with contextlib.redirect_stdout(_PIPE):
            yield outlet
    finally:
        _outlet.pop()


def _lead_loggers() -> None:
    """Lead powertools' loggers to the outlet: each keeps the standard output of the moment it was made."""
    loggers = [each for each in list(logging.Logger.manager.loggerDict.values()) if isinstance(each, logging.Logger)]
    for handler in [handler for logger in loggers for handler in logger.handlers]:
        if isinstance(handler, logging.StreamHandler) and isinstance(handler.formatter, LambdaPowertoolsFormatter):
            handler.stream = _PIPE


def _said(error: BaseException) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})"
