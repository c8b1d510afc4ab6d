"""Parquet into a baseline or counts: column by column, a chunk of rows at a time, on two threads."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.kernel.baseline import KNOTS, Baseline, BaselineColumn
from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.kernel.counts import CountedColumn, Counts
from holdfast.batches.reading.footer import (
    LIMITS,
    BeyondLimits,
    Footer,
    Limits,
    Source,
    Unreadable,
    opened,
    read_footer,
)
from holdfast.batches.reading.pages import MalformedPageError

ROWS, BYTES = 1 << 20, 1 << 26
THREADS = 2
Column = TypeVar("Column")


def read_baseline(sources: Sequence[Source], *, knots: int | None = KNOTS, limits: Limits = LIMITS) -> Baseline:
    """Take Parquet files together as one reference; raises `Unreadable` or `BeyondLimits`."""
    footers = [checked_footer(source, limits) for source in sources]
    types = _types(footers)
    rows = sum(footer.metadata.num_rows for footer in footers)

    def column(files: Sequence[pq.ParquetFile], name: str) -> BaselineColumn:
        taken = (
            chunk
            for file, footer in zip(files, footers, strict=True)
            for chunk in chunks(file, footer, name, types[name])
        )
        return BaselineColumn.of(taken, types[name], knots=knots)

    return Baseline(rows, _each(sources, footers, list(types), column))


def read_counts(source: Source, baseline: Baseline, *, limits: Limits = LIMITS) -> Counts:
    """Count a Parquet file against a baseline; raises `Unreadable` or `BeyondLimits`."""
    footer = checked_footer(source, limits)

    def column(files: Sequence[pq.ParquetFile], name: str) -> CountedColumn:
        data_type = footer.schema.field(name).type
        return CountedColumn.of(chunks(files[0], footer, name, data_type), data_type, baseline.columns.get(name))

    return Counts(footer.metadata.num_rows, _each([source], [footer], footer.schema.names, column))


def checked_footer(source: Source, limits: Limits = LIMITS) -> Footer:
    """Read what a file says of itself, within our limits; raises `Unreadable` or `BeyondLimits`."""
    with opened(source) as file, refusing("the footer"):
        return read_footer(file, limits)


def _types(footers: Sequence[Footer]) -> dict[str, pa.DataType]:
    """Give each column one type over all files; raises `Unreadable` where they differ in kind."""
    types: dict[str, pa.DataType] = {}
    for footer in footers:
        for field in footer.schema:
            known = types.setdefault(field.name, field.type)
            if kind_of(known) is Kind.EMPTY:
                types[field.name] = field.type
            elif kind_of(field.type) not in (kind_of(known), Kind.EMPTY):
                raise Unreadable(f"column {field.name[:60]!r} is {known} in one file, {field.type} in another")
    return types


def _each(
    sources: Sequence[Source],
    footers: Sequence[Footer],
    names: Sequence[str],
    column: Callable[[Sequence[pq.ParquetFile], str], Column],
) -> dict[str, Column]:
    """Do every column once; a worker opens the files for itself and takes the next column when it is done with one."""
    waiting, done = deque(names), dict[str, Column]()

    def work() -> None:
        files = [parquet_file(source, footer) for source, footer in zip(sources, footers, strict=True)]
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


def parquet_file(source: Source, footer: Footer) -> pq.ParquetFile:
    """Open a file whose footer was checked, with its text as dictionaries and its checksums verified."""
    return pq.ParquetFile(
        opened(source),
        metadata=footer.metadata,
        read_dictionary=list(footer.as_dictionary),
        page_checksum_verification=True,
    )


def chunks(file: pq.ParquetFile, footer: Footer, name: str, data_type: pa.DataType) -> Iterator[pa.Array]:
    """Decode one column; a file that lacks it, or has no value in it, counts as null there."""
    rows = footer.metadata.num_rows
    at = footer.schema.get_field_index(name)
    if at < 0 or (kind_of(footer.schema.field(at).type) is Kind.EMPTY is not kind_of(data_type)):
        yield from _nulls(rows, data_type)
        return
    decoded, taken, size = 0, 0, max(1, min(ROWS, int(BYTES / footer.row_bytes[name])))
    for batch in file.iter_batches(batch_size=size, columns=[name], use_threads=False):
        decoded, taken = decoded + batch.num_rows, taken + batch.nbytes
        if taken > footer.decoded_bytes:
            raise BeyondLimits(f"column {name[:60]!r} decodes to more than {footer.decoded_bytes} bytes")
        yield batch.column(batch.schema.get_field_index(name))
    if decoded != rows:
        raise Unreadable(f"column {name[:60]!r} holds {decoded} rows, the footer declares {rows}")


def _nulls(rows: int, data_type: pa.DataType) -> Iterator[pa.Array]:
    for start in range(0, rows, ROWS):
        yield pa.nulls(min(ROWS, rows - start), data_type)


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Say of each way Arrow has to fail whether the file is broken or beyond us."""
    try:
        yield
    except MemoryError as error:
        raise BeyondLimits(f"{what} does not fit in memory: {_said(error)}") from error
    except pa.ArrowNotImplementedError as error:
        raise BeyondLimits(f"{what} is of a kind not read here: {_said(error)}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError, MalformedPageError) as error:
        if type(error) is pa.ArrowException:  # no fault of the data: a thread did not start, say
            raise BeyondLimits(f"{what} could not be decoded here: {_said(error)}") from error
        raise Unreadable(f"{what} cannot be decoded: {_said(error)}") from error


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]
