"""The same work over several processes: files and our own stored forms go between them, never a pickled object.

Processes are started anew (spawn): Arrow's threads do not survive a fork. Counts and columns come back as the bytes
that are stored elsewhere too, and put together they are what one process finds, bit by bit.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.sampled import Codes
from holdfast.batches.reading.limits import BeyondLimits, Expired, Limits, Unreadable, in_time
from holdfast.batches.reading.parts import Part, Settled, Types, types_of

POLL_SECONDS = 0.25
REFUSALS = {kind.__name__: kind for kind in (Unreadable, BeyondLimits)}
Told = tuple[str, bytes | str, tuple[Any, ...] | None, bool]
Answer = tuple[str, bytes, bytes]


@dataclass(slots=True)
class _Given:
    """What a process was given at its start."""

    parts: tuple[Told, ...]
    limits: Limits
    baseline: bytes
    stop: Any


GIVEN: list[_Given] = []


def counts(
    parts: Sequence[Part], baseline: Baseline, every: int, limits: Limits, expired: Expired, workers: int
) -> Iterator[Counts]:
    """Count parts, each in one of several processes; they come as they are done, for sums have no order."""
    tasks = [(_count, at, every) for at in range(len(parts))]
    for answer, _ in _done(tasks, parts, limits, expired, workers, baseline.to_bytes()):
        yield Counts.from_bytes(answer)


def baseline_columns(
    parts: Sequence[Part], types: Types, knots: int | None, limits: Limits, expired: Expired, workers: int
) -> dict[str, tuple[BaselineColumn, Codes]]:
    """Read the columns of a reference, each in one of several processes."""
    tasks = [(_column, name, knots) for name in types]
    found: dict[str, tuple[BaselineColumn, Codes]] = {}
    for answer, codes in _done(tasks, parts, limits, expired, workers, b""):
        ((name, column),) = Baseline.from_bytes(answer).columns.items()
        found[name] = column, np.frombuffer(codes, np.uint8)
    return {name: found[name] for name in types}


def _done(
    tasks: Sequence[tuple[Any, Any, Any]],
    parts: Sequence[Part],
    limits: Limits,
    expired: Expired,
    workers: int,
    baseline: bytes,
) -> Iterator[tuple[bytes, bytes]]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    told = tuple(_told(part) for part in parts)
    with ProcessPoolExecutor(
        min(workers, len(tasks)) or 1,
        mp_context=context,
        initializer=_begin,
        initargs=(told, astuple(limits), baseline, stop),
    ) as pool:
        waiting: set[Future[Answer]] = {pool.submit(work, subject, how) for work, subject, how in tasks}
        try:
            while waiting:
                done, waiting = wait(waiting, POLL_SECONDS, FIRST_COMPLETED)
                in_time(expired)
                for future in done:
                    yield _answer(future)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _answer(future: "Future[Answer]") -> tuple[bytes, bytes]:
    try:
        refusal, one, other = future.result()
    except BrokenProcessPool as error:
        raise BeyondLimits("a worker process ended before its work: too little memory, perhaps") from error
    if refusal:
        raise REFUSALS[refusal](one.decode())
    return one, other


def _told(part: Part) -> Told:
    source = part.source if isinstance(part.source, bytes) else str(part.source)
    settled = None if part.settled is None else astuple(part.settled)
    return part.name, source, settled, part.leaves_out


def _begin(told: tuple[Told, ...], limits: tuple[Any, ...], baseline: bytes, stop: Any) -> None:
    """Keep what a process works on."""
    GIVEN[:] = [_Given(told, Limits(*limits), baseline, stop)]


@cache
def _part(at: int) -> Part:
    name, source, settled, leaves_out = GIVEN[0].parts[at]
    where = source if isinstance(source, bytes) else Path(source)
    part = Part.of(name, where, None if settled is None else Settled(*settled), GIVEN[0].limits)
    return Part(part.name, part.source, part.footer, part.settled, leaves_out)


@cache
def _baseline() -> Baseline:
    return Baseline.from_bytes(GIVEN[0].baseline)


def _count(at: int, every: int) -> Answer:
    from holdfast.batches.reading.reader import part_counts

    return _told_of(lambda: (part_counts(_part(at), _baseline(), every, expired=GIVEN[0].stop.is_set).to_bytes(), b""))


def _column(name: str, knots: int | None) -> Answer:
    from holdfast.batches.reading.reader import baseline_columns as read

    def work() -> tuple[bytes, bytes]:
        parts = [_part(at) for at in range(len(GIVEN[0].parts))]
        types = types_of(parts, is_batch=False)
        column, codes = read(parts, [name], types, knots=knots, expired=GIVEN[0].stop.is_set)[name]
        rows = sum(part.footer.rows for part in parts)
        return Baseline(rows, {name: column}).to_bytes(), codes.tobytes()

    return _told_of(work)


def _told_of(work: Callable[[], tuple[bytes, bytes]]) -> Answer:
    try:
        return "", *work()
    except (Unreadable, BeyondLimits) as error:
        return type(error).__name__, str(error).encode(), b""
