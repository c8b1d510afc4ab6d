"""Files into a baseline or counts: column by column, a chunk of rows at a time, on two threads or several processes.

What one pass over a column gives: its counts, every so manieth value for the sample of rows, and its probes. How many
rows there are is known before, so the sample is the same in any format and for any number of workers.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.kernel.baseline import CODED, KNOTS, Baseline, BaselineColumn
from holdfast.batches.kernel.columns import kind_of
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.kernel.sampled import Coded, Coder, Codes, stride
from holdfast.batches.kernel.segments import Segments
from holdfast.batches.kernel.watch import Watch
from holdfast.batches.reading.columnar import checked_footer, chunks, parquet_file
from holdfast.batches.reading.ladder import typed
from holdfast.batches.reading.leaves import leaf_of
from holdfast.batches.reading.limits import LIMITS, Expired, Limits, in_time, never
from holdfast.batches.reading.parts import Part, Types, parts_of, types_of
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.sampling import codes_of, short
from holdfast.batches.reading.source import Source

__all__ = ["checked_footer", "chunks", "parquet_file", "read_baseline", "read_counts", "refusing"]

THREADS = 2
NOTHING = np.zeros(0, np.uint8)
PROBED_ROWS, PROBED_BYTES = 1 << 18, 1 << 26
Column = TypeVar("Column")


@dataclass(frozen=True, slots=True)
class Read:
    """What one pass over a column of a part gives."""

    counted: CountedColumn
    codes: Codes | None
    probed: Mapping[str, Any]


def read_baseline(
    sources: Sequence[Source],
    *,
    knots: int | None = KNOTS,
    limits: Limits = LIMITS,
    expired: Expired = never,
    workers: int = 1,
) -> Baseline:
    """Take files together as one reference; raises `Unreadable` or `BeyondLimits`.

    `expired` is asked at each chunk; several `workers` are processes that share the columns out.
    """
    with parts_of(sources, {}, limits=limits, expired=expired) as parts:
        types, rows = types_of(parts, is_batch=False), sum(part.footer.rows for part in parts)
        if workers > 1:
            from holdfast.batches.reading import workers as processes

            read = processes.baseline_columns(parts, types, knots, limits, expired, workers)
        else:
            read = baseline_columns(parts, list(types), types, knots=knots, expired=expired)
    columns = {name: column for name, (column, _) in read.items()}
    return sampled_baseline(rows, columns, {name: codes for name, (_, codes) in read.items()})


def read_counts(
    sources: Source | Sequence[Source],
    baseline: Baseline,
    *,
    probes: Sequence[AnyProbe] = (),
    limits: Limits = LIMITS,
    expired: Expired = never,
    workers: int = 1,
) -> Counts:
    """Count the parts of one batch against a baseline; raises `Unreadable` or `BeyondLimits`.

    `expired` is asked at each chunk; several `workers` are processes that share the parts out, unless there are probes.
    """
    several = list(sources) if isinstance(sources, Sequence) and not isinstance(sources, bytes) else [sources]
    wanted = {
        name: data_type
        for name, column in baseline.columns.items()
        if (data_type := typed(column.type, column.kind)) is not None
    }
    with parts_of(several, wanted, limits=limits, expired=expired) as parts:
        types_of(parts, is_batch=True)
        every = stride(sum(part.footer.rows for part in parts))
        if workers > 1 and len(parts) > 1 and not probes:
            from holdfast.batches.reading import workers as processes

            return merged(processes.counts(parts, baseline, every, limits, expired, workers))
        return merged((part_counts(part, baseline, every, probes, expired) for part in parts), probes)


def part_counts(
    part: Part, baseline: Baseline, every: int, probes: Sequence[AnyProbe] = (), expired: Expired = never
) -> Counts:
    """Count one part, with every so manieth of its rows as a sample."""
    footer = part.footer
    alone = {probe.columns[0]: [] for probe in probes if len(probe.columns) == 1}  # type: dict[str, list[AnyProbe]]
    for probe in probes:
        if len(probe.columns) == 1:
            alone[probe.columns[0]].append(probe)
    coders, unparsed = _coders(baseline), part.unparsed

    def column(files: Sequence[pq.ParquetFile], name: str) -> Read:
        data_type = footer.schema.field(name).type
        taken = chunks(files[0], footer, name, data_type, expired=expired)
        coder = coders.get(name)
        watch = None if coder is None or kind_of(data_type) not in CODED else Watch(every, coder.codes)
        states = {probe.id: probe.nothing for probe in alone.get(name, ())}
        if watch is not None:
            taken = watch.over(taken)
        if states:
            taken = _probed(taken, alone[name], states)
        counted = CountedColumn.of(taken, data_type, baseline.columns.get(name))
        if name in unparsed:
            counted = replace(counted, unparsed=unparsed[name])
        return Read(counted, None if watch is None else np.concatenate(watch.kept or [NOTHING]), states)

    read = _each([part], footer.schema.names, column)
    codes = {name: one.codes for name, one in read.items() if one.codes is not None}
    probed = {id_: state for one in read.values() for id_, state in one.probed.items()}
    probed |= _probed_together(part, probes, expired)
    counts = Counts(footer.rows, {name: one.counted for name, one in read.items()}, probed=probed)
    if not coders:
        return counts
    coded = Coded.joined(tuple(coders), codes, rows=-(-footer.rows // every))
    return replace(counts, joint=Joint.of(coded, baseline.columns), segments=Segments.of(coded, baseline.columns))


def merged(parts: Iterable[Counts], probes: Sequence[AnyProbe] = ()) -> Counts:
    """Put the parts of a batch together: everything in them is a sum."""
    return reduce(lambda one, other: one.plus(other, probes), parts)


def baseline_columns(
    parts: Sequence[Part], names: Sequence[str], types: Types, *, knots: int | None, expired: Expired
) -> dict[str, tuple[BaselineColumn, Codes]]:
    """Read columns of a reference, each with its sample coded against itself."""
    every = stride(sum(part.footer.rows for part in parts))

    def column(files: Sequence[pq.ParquetFile], name: str) -> tuple[BaselineColumn, Codes]:
        taken = Repeated(parts, files, name, types[name], every, expired)
        found = BaselineColumn.of(taken, types[name], knots=knots)
        return found, codes_of(Coder.of(found), taken.sample())

    return _each(parts, names, column)


@dataclass(slots=True)
class Repeated:
    """The chunks of a column over all files, as often as they are asked for: a large column is never held whole."""

    parts: Sequence[Part]
    files: Sequence[pq.ParquetFile]
    name: str
    type: pa.DataType
    every: int
    expired: Expired
    watches: tuple[Watch[pa.Array], ...] = ()

    def __iter__(self) -> Iterator[pa.Array]:
        """Go over the chunks from the start."""
        self.watches = tuple(Watch(self.every, short) for _ in self.parts)
        for watch, file, part in zip(self.watches, self.files, self.parts, strict=True):
            taken = chunks(file, part.footer, self.name, self.type, expired=self.expired)
            yield from watch.over(taken) if kind_of(self.type) in CODED else taken

    def __call__(self) -> Iterator[pa.Array]:
        """Go over the chunks from the start."""
        return iter(self)

    def sample(self) -> list[pa.Array]:
        """Give what the last time over kept of each file."""
        return [values for watch in self.watches for values in watch.kept]


def sampled_baseline(rows: int, columns: Mapping[str, BaselineColumn], codes: Mapping[str, Codes]) -> Baseline:
    """Put the columns of a reference together with what their sample tells of several at once."""
    codes = {name: found for name, found in codes.items() if columns[name].kind in CODED}
    coded = Coded.joined(tuple(columns), codes, rows=max(map(len, codes.values()), default=0))
    return Baseline(rows, columns, joint=Joint.of(coded, columns), segments=Segments.of(coded, columns))


def _coders(baseline: Baseline) -> dict[str, Coder]:
    """Give a coder for each column of a reference that has a sample to compare with."""
    if baseline.joint is None and baseline.segments is None:
        return {}
    return {name: Coder.of(column) for name, column in baseline.columns.items()}


def _probed(taken: Iterable[pa.Array], probes: Sequence[AnyProbe], states: dict[str, Any]) -> Iterator[pa.Array]:
    for chunk in taken:
        for probe in probes:
            states[probe.id] = probe.taken(states[probe.id], chunk)
        yield chunk


def _probed_together(part: Part, probes: Sequence[AnyProbe], expired: Expired) -> dict[str, Any]:
    """Take the probes of several columns, in a pass over just these."""
    footer = part.footer
    several = [probe for probe in probes if len(probe.columns) > 1 and footer.paths.keys() >= set(probe.columns)]
    states = {}
    for probe in several:
        with refusing(f"column {probe.columns[0][:60]!r}"):
            states[probe.id] = _together(part, probe, expired)
    return states


def _together(part: Part, probe: AnyProbe, expired: Expired) -> Any:
    footer, state = part.footer, probe.nothing
    widest = max(footer.row_bytes[name] for name in probe.columns)
    size = max(1, min(PROBED_ROWS, int(PROBED_BYTES / widest)))
    file = parquet_file(part.source, footer)
    for batch in file.iter_batches(batch_size=size, columns=list(probe.columns), use_threads=False):
        in_time(expired)
        paths = [footer.paths[name] for name in probe.columns]
        state = probe.taken(
            state, *(leaf_of(batch.column(batch.schema.get_field_index(path[0])), path) for path in paths)
        )
    return state


def _each(
    parts: Sequence[Part], names: Sequence[str], column: Callable[[Sequence[pq.ParquetFile], str], Column]
) -> dict[str, Column]:
    """Do every column once; a thread opens the files for itself and takes the next column when it is done with one."""
    waiting, done = deque(names), dict[str, Column]()

    def work() -> None:
        files = [parquet_file(part.source, part.footer) for part in parts]
        while waiting:
            try:
                name = waiting.popleft()
            except IndexError:
                return
            try:
                with refusing(f"column {name[:60]!r}"):
                    done[name] = column(files, name)
            finally:
                if name not in done:
                    waiting.clear()

    with ThreadPoolExecutor(THREADS) as pool:
        for worker in [pool.submit(work) for _ in range(THREADS)]:
            worker.result()
    return {name: done[name] for name in names}
