"""What each function takes to start and to answer, beside the import of its libraries alone: printed, not judged."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from holdfast_console.replay.rapi import RuntimeApi
from tests.runtime.conftest import (
    ALIBI,
    BUCKET,
    EXAMINER,
    FUNCTIONS,
    HANDLERS,
    TICK,
    WELL,
    Account,
    announced,
    changed,
    inserted,
    parquet,
    queued,
    runtime,
)

STARTS, ANSWERS, ALIBI_ANSWERS = 2, 4, 2
LIBRARIES = ("boto3", "pydantic.main", "aws_lambda_powertools", "aws_lambda_powertools.utilities.batch", "numpy",
             "pyarrow", "pyarrow.compute", "pyarrow.parquet", "yaml", "alibi_detect")  # fmt: skip
ALONE = ("numpy", "pyarrow", "boto3")
Libraries = tuple[str, ...]
Work = Callable[[Account], Iterator[dict[str, Any]]]


def batches(account: Account) -> Iterator[dict[str, Any]]:
    """Bring a new batch each time."""
    for number in range(100, 200):
        yield queued(account.put(parquet(seed=number, rows=20_000), name=f"timed-{number}.parquet"))


def verdicts(account: Account) -> Iterator[dict[str, Any]]:
    """Announce a new verdict each time."""
    for number in range(200, 300):
        account.ask("BatchJudge", account.put(parquet(seed=number, rows=5_000), name=f"timed-{number}.parquet"))
        yield queued(announced(account.recorded("batches", "Batch Judged")))


def ticks(account: Account) -> Iterator[dict[str, Any]]:
    """Let the timer tick."""
    while True:
        yield queued(TICK)


def changes(account: Account) -> Iterator[dict[str, Any]]:
    """Change one bucket again and again."""
    while True:
        yield queued(changed(BUCKET))


def news(account: Account) -> Iterator[dict[str, Any]]:
    """Announce a finding again and again: people are told each time."""
    account.ask("ComplianceJudge", changed(BUCKET))
    while True:
        yield queued(announced(account.recorded("compliance", "Resource Judged")))


def insertions(account: Account) -> Iterator[dict[str, Any]]:
    """Tell of one entry of the outbox again and again: it is announced each time."""
    account.ask("BatchJudge", account.put(parquet(seed=99), name="timed-99.parquet"))
    item = account.outbox()[0]
    while True:
        yield {"Records": [inserted(item)]}


WORK: dict[str, Work] = {
    "LedgerPublisher": insertions,
    "OutboxTimer": ticks,
    "BatchJudge": batches,
    "BatchSweeper": ticks,
    "RetrainingJudge": ticks,
    "ComplianceJudge": changes,
    "Notifier": news,
    "AlibiJudge": verdicts,
}
MODULES = {**HANDLERS, "AlibiJudge": EXAMINER}


def python_of(function: str) -> str:
    """Give the interpreter of a function's environment."""
    return str(ALIBI) if function == "AlibiJudge" else sys.executable


def libraries_of(function: str, account: Account) -> Libraries:
    """Find the libraries that importing a function's module brings in."""
    found = f"print(*(name for name in {LIBRARIES} if name in sys.modules), flush=True)"
    probe = f"import os, sys, {MODULES[function]}; {found}; os._exit(0)"
    command = [python_of(function), "-c", probe]
    ran = subprocess.run(command, cwd=FUNCTIONS, env=account.environment, capture_output=True, text=True, check=True)
    return tuple(ran.stdout.split())


def started(account: Account, module: str, *, python: str, folder: Path = FUNCTIONS) -> float:
    """Start a module cold and give the seconds."""
    with RuntimeApi() as api:
        return api.start(runtime(module, python), account.environment, cwd=folder)


def bare(folder: Path, libraries: Libraries) -> None:
    """Write a function that does nothing but import these libraries."""
    imports = "\n".join(f"import {name}" for name in libraries)
    folder.mkdir()
    (folder / "bare.py").write_text(f"{imports}\n\n\ndef lambda_handler(event, context):\n    return None\n")


@dataclass(frozen=True)
class Row:
    """What was measured of one function."""

    function: str
    libraries: Libraries
    init: float
    floor: float
    alone: float
    first: float
    warm: float

    @property
    def environment(self) -> tuple[str, Libraries]:
        """Give what decides the floor."""
        return python_of(self.function), self.libraries

    @property
    def least(self) -> tuple[str, Libraries]:
        """Give what decides the floor of numpy, pyarrow and boto3 alone."""
        return python_of(self.function), tuple(name for name in ALONE if name in self.libraries)


@pytest.mark.slow
def test_cold_and_warm_times_beside_the_import_floor(
    ready: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [measured(ready, function, tmp_path / function) for function in WORK if Path(python_of(function)).exists()]
    with capsys.disabled():
        Console(width=150).print("\n", tabled(rows))


def measured(account: Account, function: str, folder: Path) -> Row:
    """Start a function and its floor in turns, then let it answer."""
    python, libraries = python_of(function), libraries_of(function, account)
    alone = tuple(name for name in ALONE if name in libraries)
    bare(folder, libraries)
    bare(folder / "alone", alone)
    inits, floors, alones = [], [], []
    for _ in range(STARTS):
        inits.append(started(account, MODULES[function], python=python))
        floors.append(started(account, "bare", python=python, folder=folder))
        alones.append(started(account, "bare", python=python, folder=folder / "alone"))
    times = min(inits), min(floors), min(alones)
    return Row(function, libraries, *times, *answered(account, function, WORK[function]))


def tabled(rows: list[Row]) -> Table:
    """Lay the times out; functions that import the same share the lowest floor found.

    Beside the floor of all libraries stands that of numpy, pyarrow and boto3 alone, as far as a function imports them.
    """
    table = Table(
        title="Functions under Lambda's runtime client, AWS being moto over HTTP: the best starts on this machine"
    )
    table.add_column("function")
    for column in ("cold init s", "import floor s", "ratio", "alone s", "ratio", "first answer ms", "warm ms"):
        table.add_column(column, justify="right")
    table.add_column("libraries of the floor")
    for row in rows:
        floor = min(one.floor for one in rows if one.environment == row.environment)
        alone = min(one.alone for one in rows if one.least == row.least)
        ratios = f"{row.init / floor:.2f}", f"{alone:.2f}", f"{row.init / alone:.2f}"
        seconds = (f"{row.init:.2f}", f"{floor:.2f}", *ratios)
        milliseconds = (f"{row.first * 1000:.0f}", f"{row.warm * 1000:.0f}")
        names = ", ".join(dict.fromkeys(name.partition(".")[0] for name in row.libraries))
        table.add_row(row.function, *seconds, *milliseconds, names)
    return table


def answered(account: Account, function: str, work: Work) -> tuple[float, float]:
    """Give the seconds of a function's first answer and the median of those after it."""
    times, events = [], work(account)
    with RuntimeApi() as api:
        api.start(runtime(MODULES[function], python_of(function)), account.environment, cwd=FUNCTIONS)
        for _ in range(ALIBI_ANSWERS if function == "AlibiJudge" else ANSWERS):
            answer = api.invoke(next(events))
            assert answer.payload == WELL, f"{function} answered {answer}"
            times.append(answer.seconds)
    return times[0], median(times[1:])
