"""The same work over several processes: files and our own stored forms go between them, never a pickled object.

Processes are started anew (spawn): Arrow's threads do not survive a fork. Counts and columns come back as the bytes
that are stored elsewhere too, and put together they are what one process finds, bit by bit. One process already reads
on two threads; of several each has as many as there are processors for.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import astuple, dataclass, replace
from functools import cache, reduce
from itertools import accumulate
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.baseline import Baseline, BaselineColumn
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.sampled import Codes, Sampling
from holdfast.batches.reading.limits import BeyondLimits, Expired, Limits, Unreadable, in_time
from holdfast.batches.reading.parts import Part, Settled, Types, types_of
from holdfast.batches.reading.passes import THREADS

POLL_SECONDS = 0.25
TASKS = 4  # for each process: so many that none waits long for the last, so few that putting them together is cheap
REFUSALS = {kind.__name__: kind for kind in (Unreadable, BeyondLimits)}
Told = tuple[str, bytes | str, tuple[Any, ...] | None, bool]
Answer = tuple[str, bytes, tuple[bytes, ...]]


@dataclass(slots=True)
class _Given:
    """What a process was given at its start."""

    parts: tuple[Told, ...]
    limits: Limits
    baseline: bytes
    threads: int
    stop: Any


GIVEN: list[_Given] = []


def counts(
    parts: Sequence[Part], names: Sequence[str], baseline: Baseline, limits: Limits, expired: Expired, workers: int
) -> Counts:
    """Count parts, some that follow each other in each task; put together as they are done, for sums have no order."""
    before = list(accumulate((part.footer.rows for part in parts), initial=0))
    tasks = []
    for start, stop in _runs(before, TASKS * workers):
        sampling = Sampling.of(before[-1], before=before[start])
        tasks.append((_count, start, stop, tuple(names), sampling.every, sampling.before))
    done = _done(tasks, parts, limits, expired, workers, baseline.to_bytes())
    found = reduce(add, (Counts.from_bytes(answer) for answer, _ in done))
    return replace(found, columns={name: found.columns[name] for name in names})


def baseline_columns(
    parts: Sequence[Part],
    types: Types,
    knots: int | None,
    every: int,
    limits: Limits,
    expired: Expired,
    workers: int,
) -> dict[str, tuple[BaselineColumn, Codes]]:
    """Read the columns of a reference, some in each task."""
    names, many = tuple(types), max(1, min(len(types), TASKS * workers))
    tasks = [(_columns, names[at::many], knots, every) for at in range(many)]
    found: dict[str, tuple[BaselineColumn, Codes]] = {}
    for answer, codes in _done(tasks, parts, limits, expired, workers, b""):
        read = Baseline.from_bytes(answer).columns.items()
        found |= {name: (one, np.frombuffer(data, np.uint8)) for (name, one), data in zip(read, codes, strict=True)}
    return {name: found[name] for name in types}


def _runs(before: Sequence[int], many: int) -> Iterator[tuple[int, int]]:
    """Cut parts, by the rows before each and in all, into about so many runs of about as many rows."""
    start, most = 0, max(1, before[-1] // many)
    for stop in range(1, len(before)):
        if before[stop] - before[start] >= most or stop == len(before) - 1:
            yield start, stop
            start = stop


def _done(
    tasks: Sequence[tuple[Any, ...]],
    parts: Sequence[Part],
    limits: Limits,
    expired: Expired,
    workers: int,
    baseline: bytes,
) -> Iterator[tuple[bytes, tuple[bytes, ...]]]:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    told, many = tuple(_told(part) for part in parts), min(workers, len(tasks))
    threads = max(1, min(THREADS, (os.cpu_count() or 1) // many))
    with ProcessPoolExecutor(
        many, mp_context=context, initializer=_begin, initargs=(told, astuple(limits), baseline, threads, stop)
    ) as pool:
        waiting: set[Future[Answer]] = {pool.submit(work, *given) for work, *given in tasks}
        try:
            while waiting:
                done, waiting = wait(waiting, POLL_SECONDS, FIRST_COMPLETED)
                in_time(expired)
                for future in done:
                    yield _answer(future)
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)


def _answer(future: "Future[Answer]") -> tuple[bytes, tuple[bytes, ...]]:
    try:
        refusal, one, others = future.result()
    except BrokenProcessPool as error:
        raise BeyondLimits("a worker process ended before its work: too little memory, perhaps") from error
    if refusal:
        raise REFUSALS[refusal](one.decode())
    return one, others


def _told(part: Part) -> Told:
    source = part.source if isinstance(part.source, bytes) else str(part.source)
    settled = None if part.settled is None else astuple(part.settled)
    return part.name, source, settled, part.leaves_out


def _begin(told: tuple[Told, ...], limits: tuple[Any, ...], baseline: bytes, threads: int, stop: Any) -> None:
    """Keep what a process works on."""
    GIVEN[:] = [_Given(told, Limits(*limits), baseline, threads, stop)]


@cache
def _part(at: int) -> Part:
    name, source, settled, leaves_out = GIVEN[0].parts[at]
    where = source if isinstance(source, bytes) else Path(source)
    part = Part.of(name, where, None if settled is None else Settled(*settled), GIVEN[0].limits)
    return Part(part.name, part.source, part.footer, part.settled, leaves_out)


@cache
def _baseline() -> Baseline:
    return Baseline.from_bytes(GIVEN[0].baseline)


@cache
def _reference() -> tuple[list[Part], Types]:
    parts = [_part(at) for at in range(len(GIVEN[0].parts))]
    return parts, types_of(parts, is_batch=False)


def _count(start: int, stop: int, names: tuple[str, ...], every: int, before: int) -> Answer:
    from holdfast.batches.reading.counting import run_counts

    def work() -> tuple[bytes, tuple[bytes, ...]]:
        parts, given = [_part(at) for at in range(start, stop)], GIVEN[0]
        found = types_of(parts, is_batch=False)
        types = {name: found.get(name, pa.null()) for name in names}
        sampling, expired = Sampling(every, before), given.stop.is_set
        return run_counts(parts, types, _baseline(), sampling, expired=expired, threads=given.threads).to_bytes(), ()

    return _told_of(work)


def _columns(names: tuple[str, ...], knots: int | None, every: int) -> Answer:
    from holdfast.batches.reading.reader import baseline_columns as read

    def work() -> tuple[bytes, tuple[bytes, ...]]:
        (parts, types), given = _reference(), GIVEN[0]
        expired, threads = given.stop.is_set, given.threads
        found = read(parts, names, types, knots=knots, every=every, expired=expired, threads=threads)
        rows = sum(part.footer.rows for part in parts)
        columns = {name: column for name, (column, _) in found.items()}
        return Baseline(rows, columns).to_bytes(), tuple(codes.tobytes() for _, codes in found.values())

    return _told_of(work)


def _told_of(work: Callable[[], tuple[bytes, tuple[bytes, ...]]]) -> Answer:
    try:
        return "", *work()
    except (Unreadable, BeyondLimits) as error:
        return type(error).__name__, str(error).encode(), ()
