"""Run a command as a process of its own, and give what it took, within a bound on its memory and its time."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

LOOK_EVERY_S = 0.1
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a child may take before it is ended."""

    memory_mb: int = 8_000
    seconds: int = 900


@dataclass(frozen=True, slots=True)
class Taken:
    """What a child took: user and system CPU, peak memory, its last JSON line, and why it was ended or failed."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    said: dict[str, Any]
    failure: str | None = None


def run(
    command: Sequence[str | Path], *, bounds: Bounds, well: frozenset[int] = frozenset({0}),
    environment: Mapping[str, str] | None = None,
) -> Taken:  # fmt: skip
    """Run a command to its end; exit codes in `well` are no failure.

    The kernel counts the memory of the parent, too, until the child has started: the parent has to be small.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    ended, reasons, errors = Event(), list[str](), list[str]()
    watch = Thread(target=_watch, args=(process, bounds, ended, reasons))
    listen = Thread(target=lambda: errors.append(process.stderr.read() if process.stderr else ""))
    watch.start()
    listen.start()
    out = process.stdout.read() if process.stdout else ""
    listen.join()
    _, status, usage = os.wait4(process.pid, 0)
    ended.set()
    watch.join()
    process.returncode = code = os.waitstatus_to_exitcode(status)
    failure = reasons[0] if reasons else None if code in well else _last(errors[0]) or f"ended with {code}"
    cpu, wall = usage.ru_utime + usage.ru_stime, time.monotonic() - began
    return Taken(cpu, wall, usage.ru_maxrss / 1024, {} if failure else _said(out), failure)


def _watch(process: "subprocess.Popen[str]", bounds: Bounds, ended: Event, reasons: list[str]) -> None:
    began = time.monotonic()
    while not ended.wait(LOOK_EVERY_S):
        if _resident(process.pid) > bounds.memory_mb * MB:
            reasons.append(f"out of memory: more than {bounds.memory_mb:,} MB")
        elif time.monotonic() - began > bounds.seconds:
            reasons.append(f"out of time: more than {bounds.seconds} s")
        if reasons:
            process.kill()
            return


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if len(pages) > 1 else 0


def _said(out: str) -> dict[str, Any]:
    lines = [line for line in out.splitlines() if line.startswith("{")]
    said: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return said


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:200] if lines else ""
