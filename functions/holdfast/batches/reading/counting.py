"""Parts of a batch that follow each other, counted as one: so many small files cost little more than a large one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, groupby
from operator import add
from typing import Any

import numpy as np
import pyarrow as pa

from holdfast.batches.kernel.baseline import CODED, Baseline
from holdfast.batches.kernel.columns import kind_of
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.kernel.sampled import Coded, Coder, Codes, Sampling
from holdfast.batches.kernel.segments import Segments
from holdfast.batches.kernel.watch import Watch
from holdfast.batches.reading.columnar import gathered, parquet_file
from holdfast.batches.reading.leaves import leaf_of
from holdfast.batches.reading.limits import Expired, in_time, never
from holdfast.batches.reading.parts import Part
from holdfast.batches.reading.passes import THREADS, Opened, each
from holdfast.batches.reading.refusal import refusing

NOTHING = np.zeros(0, np.uint8)
PROBED_ROWS, PROBED_BYTES = 1 << 18, 1 << 26


@dataclass(frozen=True, slots=True)
class Read:
    """What one pass over a column gives."""

    counted: CountedColumn
    codes: Codes | None
    probed: Mapping[str, Any]


def run_counts(
    parts: Sequence[Part],
    types: Mapping[str, pa.DataType],
    baseline: Baseline,
    sampling: Sampling,
    *,
    probes: Sequence[AnyProbe] = (),
    expired: Expired = never,
    threads: int = THREADS,
) -> Counts:
    """Count these columns of parts, with some of their rows as a sample; a column that a part lacks is null there."""
    coders, rows = _coders(baseline), sum(part.footer.rows for part in parts)
    alone = {name: [one for one in probes if one.columns == (name,)] for name in types}

    def column(files: Opened, name: str) -> Read:
        coder = coders.get(name) if kind_of(types[name]) in CODED else None
        watch = None if coder is None else Watch(sampling, coder.codes)
        states = {probe.id: probe.nothing for probe in alone[name]}

        def taken(run: Iterable[int], data_type: pa.DataType) -> Iterator[pa.Array]:
            each_part = chain.from_iterable(files.chunks(at, name, data_type, expired) for at in run)
            found: Iterator[pa.Array] = each_part if len(parts) == 1 else gathered(each_part)
            found = found if watch is None else watch.over(found)
            return _probed(found, alone[name], states) if states else found

        counted = reduce(add, (
            CountedColumn.of(taken(run, data_type), data_type, baseline.columns.get(name))
            for data_type, run in _alike(parts, name, types[name])
        ))  # fmt: skip
        if unparsed := sum(part.unparsed.get(name, 0) for part in parts):
            counted = replace(counted, unparsed=unparsed)
        return Read(counted, None if watch is None else np.concatenate(watch.kept or [NOTHING]), states)

    read = each(parts, list(types), column, threads=threads)
    codes = {name: one.codes for name, one in read.items() if one.codes is not None}
    probed = {id_: state for one in read.values() for id_, state in one.probed.items()}
    probed |= _probed_together(parts, probes, expired)
    counts = Counts(rows, {name: one.counted for name, one in read.items()}, probed=probed)
    if not coders:
        return counts
    coded = Coded.joined(tuple(coders), codes, rows=sampling.count(rows))
    return replace(counts, joint=Joint.of(coded, baseline.columns), segments=Segments.of(coded, baseline.columns))


def _alike(parts: Sequence[Part], name: str, data_type: pa.DataType) -> Iterator[tuple[pa.DataType, list[int]]]:
    """Put parts together, one after the other, that have a column in the same type; one without it takes this."""
    schemas = [part.footer.schema for part in parts]
    types = [schema.field(name).type if schema.get_field_index(name) >= 0 else data_type for schema in schemas]
    for found, run in groupby(range(len(parts)), types.__getitem__):
        yield found, [*run]


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


def _probed_together(parts: Sequence[Part], probes: Sequence[AnyProbe], expired: Expired) -> dict[str, Any]:
    """Take the probes of several columns that all parts have, in a pass over just these."""
    states = {}
    for probe in (one for one in probes if len(one.columns) > 1):
        if all(part.footer.paths.keys() >= set(probe.columns) for part in parts):
            with refusing(f"column {probe.columns[0][:60]!r}"):
                states[probe.id] = reduce(
                    lambda state, part: _together(part, probe, state, expired), parts, probe.nothing
                )
    return states


def _together(part: Part, probe: AnyProbe, state: Any, expired: Expired) -> Any:
    footer = part.footer
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
