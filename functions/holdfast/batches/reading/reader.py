"""Files into a baseline or counts: column by column, a chunk of rows at a time, on two threads or several processes.

What one pass over a column gives: its counts, every so manieth value for the sample of rows, and its probes. How many
rows each file has is known before, so the sample is that of the rows behind each other, in any format, cut into any
files, and for any number of workers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from holdfast.batches.kernel.baseline import CODED, KNOTS, Baseline, BaselineColumn
from holdfast.batches.kernel.columns import kind_of
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.kernel.sampled import Coded, Coder, Codes, Sampling
from holdfast.batches.kernel.segments import Segments
from holdfast.batches.kernel.watch import Watch
from holdfast.batches.reading.columnar import checked_footer, chunks, parquet_file
from holdfast.batches.reading.counting import run_counts
from holdfast.batches.reading.ladder import typed
from holdfast.batches.reading.limits import LIMITS, Expired, Limits, never
from holdfast.batches.reading.parts import Part, Types, parts_of, types_of
from holdfast.batches.reading.passes import THREADS, Opened, each
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.sampling import codes_of, short
from holdfast.batches.reading.source import Source

__all__ = ["checked_footer", "chunks", "parquet_file", "read_baseline", "read_counts", "refusing"]


def read_baseline(
    sources: Sequence[Source],
    *,
    knots: int | None = KNOTS,
    limits: Limits = LIMITS,
    expired: Expired = never,
    workers: int = 1,
) -> Baseline:
    """Take files together as one reference, their rows in this order; raises `Unreadable` or `BeyondLimits`.

    `expired` is asked at each chunk; several `workers` are processes that share the columns out.
    """
    with parts_of(sources, {}, limits=limits, expired=expired) as parts:
        types, rows = types_of(parts, is_batch=False), sum(part.footer.rows for part in parts)
        every = Sampling.of(rows).every
        if workers > 1:
            from holdfast.batches.reading import workers as processes

            read = processes.baseline_columns(parts, types, knots, every, limits, expired, workers)
        else:
            read = baseline_columns(parts, list(types), types, knots=knots, every=every, expired=expired)
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
    """Count the parts of one batch, their rows in this order; raises `Unreadable` or `BeyondLimits`.

    `expired` is asked at each chunk; several `workers` are processes that share the parts out, unless there are probes.
    """
    several = list(sources) if isinstance(sources, Sequence) and not isinstance(sources, bytes) else [sources]
    wanted = {
        name: data_type
        for name, column in baseline.columns.items()
        if (data_type := typed(column.type, column.kind)) is not None
    }
    with parts_of(several, wanted, limits=limits, expired=expired) as parts:
        types = types_of(parts, is_batch=True)
        if workers > 1 and len(parts) > 1 and not probes:
            from holdfast.batches.reading import workers as processes

            return processes.counts(parts, list(types), baseline, limits, expired, workers)
        sampling = Sampling.of(sum(part.footer.rows for part in parts))
        return run_counts(parts, types, baseline, sampling, probes=probes, expired=expired)


def baseline_columns(
    parts: Sequence[Part],
    names: Sequence[str],
    types: Types,
    *,
    knots: int | None,
    every: int,
    expired: Expired,
    threads: int = THREADS,
) -> dict[str, tuple[BaselineColumn, Codes]]:
    """Read columns of a reference, each with a sample, one of `every` so many rows, coded against itself."""

    def column(files: Opened, name: str) -> tuple[BaselineColumn, Codes]:
        taken = Repeated(files, name, types[name], every, expired)
        found = BaselineColumn.of(taken, types[name], knots=knots)
        return found, codes_of(Coder.of(found), taken.sample())

    return each(parts, names, column, threads=threads)


@dataclass(slots=True)
class Repeated:
    """The chunks of a column over all files, as often as they are asked for: a large column is never held whole."""

    files: Opened
    name: str
    type: pa.DataType
    every: int
    expired: Expired
    watch: Watch[pa.Array] | None = None

    def __iter__(self) -> Iterator[pa.Array]:
        """Go over the chunks from the start."""
        self.watch = Watch(Sampling(self.every), short)
        taken = chain.from_iterable(
            self.files.chunks(at, self.name, self.type, self.expired) for at in range(len(self.files.parts))
        )
        yield from self.watch.over(taken) if kind_of(self.type) in CODED else taken

    def __call__(self) -> Iterator[pa.Array]:
        """Go over the chunks from the start."""
        return iter(self)

    def sample(self) -> list[pa.Array]:
        """Give what the last time over kept."""
        return [] if self.watch is None else self.watch.kept


def sampled_baseline(rows: int, columns: Mapping[str, BaselineColumn], codes: Mapping[str, Codes]) -> Baseline:
    """Put the columns of a reference together with what their sample tells of several at once."""
    codes = {name: found for name, found in codes.items() if columns[name].kind in CODED}
    coded = Coded.joined(tuple(columns), codes, rows=max(map(len, codes.values()), default=0))
    return Baseline(rows, columns, joint=Joint.of(coded, columns), segments=Segments.of(coded, columns))
