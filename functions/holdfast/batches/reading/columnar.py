"""The columns of a Parquet file, decoded one at a time, a chunk of about half a million values after the other."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.reading.footer import Footer, read_footer
from holdfast.batches.reading.leaves import leaf_of
from holdfast.batches.reading.limits import LIMITS, BeyondLimits, Expired, Limits, Unreadable, in_time, never
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.source import Source, opened

ROWS, BYTES = 1 << 19, 1 << 26
FEW_ROWS, GATHERED_BYTES = 1 << 13, 1 << 22
WIDE = 32


def checked_footer(source: Source, limits: Limits = LIMITS) -> Footer:
    """Read what a file says of itself, within our limits; raises `Unreadable` or `BeyondLimits`."""
    with opened(source) as file, refusing("the footer"):
        return read_footer(file, limits)


def parquet_file(source: Source, footer: Footer) -> pq.ParquetFile:
    """Open a file whose footer was checked, with its text as dictionaries and its checksums verified.

    Without `pre_buffer`: what it reads ahead is kept until the file is closed, which over many files is a whole column.
    """
    return pq.ParquetFile(
        opened(source),
        pre_buffer=False,
        metadata=footer.metadata,
        read_dictionary=list(footer.as_dictionary),
        page_checksum_verification=True,
    )


def chunks(
    file: pq.ParquetFile, footer: Footer, name: str, data_type: pa.DataType, *, expired: Expired = never
) -> Iterator[pa.Array]:
    """Decode one column; a file that lacks it, or has no value in it, counts as null there."""
    at = footer.schema.get_field_index(name)
    if at < 0 or (kind_of(footer.schema.field(at).type) is Kind.EMPTY is not kind_of(data_type)):
        yield from _nulls(footer.rows, data_type)
        return
    size = max(1, min(ROWS, int(BYTES / footer.row_bytes[name])))
    decoded = _decoded(file, footer, name, size, expired)
    yield from decoded if size >= min(FEW_ROWS, footer.rows) else gathered(decoded)


def _decoded(file: pq.ParquetFile, footer: Footer, name: str, size: int, expired: Expired) -> Iterator[pa.Array]:
    """Decode so many rows at a time, which is all that bounds what long text becomes before it is seen."""
    rows, taken, path, most = 0, 0, footer.paths[name], footer.most_bytes[name]
    for batch in file.iter_batches(batch_size=size, columns=[name], use_threads=False):
        in_time(expired)
        rows, taken = rows + batch.num_rows, taken + batch.nbytes
        if taken > most:
            raise BeyondLimits(f"column {name[:60]!r} decodes to more than {most} bytes")
        leaf = leaf_of(batch.column(batch.schema.get_field_index(path[0])), path)
        if not _is_within(leaf):
            raise Unreadable(f"column {name[:60]!r} holds a place that is not in its dictionary")
        yield leaf
    if rows != footer.rows:
        raise Unreadable(f"column {name[:60]!r} holds {rows} rows, the footer declares {footer.rows}")


def _is_within(values: pa.Array) -> bool:
    """Tell whether dictionary indices point into it: where text is asked for as a dictionary, Arrow does not look."""
    if not isinstance(values, pa.DictionaryArray) or not len(values):
        return True
    indices, size = values.indices, len(values.dictionary)
    places = indices.to_numpy(zero_copy_only=False) if not indices.null_count else indices.drop_null().to_numpy()
    return not len(places) or bool(places.min() >= 0 and places.max() < size)


def gathered(decoded: Iterable[pa.Array]) -> Iterator[pa.Array]:
    """Put small pieces of one type together, for each chunk has its price; what is large passes at once."""
    waiting: list[pa.Array] = []
    rows = size = 0
    for piece in decoded:
        is_full = rows + len(piece) > ROWS or size + piece.nbytes > GATHERED_BYTES
        if waiting and (is_full or not _go_together(waiting[0].type, piece.type)):
            yield _together(waiting)
            waiting, rows, size = [], 0, 0
        waiting.append(piece)
        rows, size = rows + len(piece), size + piece.nbytes
        if 2 * rows > ROWS or 2 * size > GATHERED_BYTES:
            yield _together(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield _together(waiting)


def _go_together(one: pa.DataType, other: pa.DataType) -> bool:
    """Tell whether pieces can be one: of one type, with room for each other's categories if they have a dictionary."""
    if one != other or not pa.types.is_dictionary(one):
        return bool(one == other)
    return bool(one.index_type.bit_width >= WIDE and not one.ordered)


def _together(pieces: list[pa.Array]) -> pa.Array:
    return pieces[0] if len(pieces) == 1 else pa.concat_arrays(pieces)


def _nulls(rows: int, data_type: pa.DataType) -> Iterator[pa.Array]:
    for start in range(0, rows, ROWS):
        yield pa.nulls(min(ROWS, rows - start), data_type)
