"""What a Parquet file says of itself, held against our limits before a single page is decoded."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.reading.pages import page_sizes
from holdfast.shared.errors import ConfigurationError, ContractError

Source = bytes | Path


class Unreadable(ContractError):  # noqa: N818
    """The file is broken: its producer must act."""


class BeyondLimits(ConfigurationError):  # noqa: N818
    """The file asks for more than we give: the operator must act, it may be sound."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of us; ratios count only above the size where they begin to hurt."""

    columns: int = 10_000
    column_chunks: int = 1_000_000
    cells: int = 4_000_000_000
    chunk_bytes: int = 1 << 29
    ratio: int = 1_000
    ratio_from_bytes: int = 1 << 26
    decoded_bytes: int = 1 << 32
    cells_per_byte: int = 20_000
    cells_from: int = 200_000_000


LIMITS = Limits()
ITEM, GROWING_TEXT = 8, 8_192
PLAIN_ENCODINGS = frozenset({"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED"})


@dataclass(frozen=True, slots=True)
class Footer:
    """A file that keeps our limits: its leaves to be read as dictionaries, and what a row, and a column, may take."""

    metadata: pq.FileMetaData
    schema: pa.Schema
    as_dictionary: tuple[str, ...]
    row_bytes: dict[str, float]
    decoded_bytes: int


def opened(source: Source) -> pa.NativeFile:
    """Open bytes or a local file; raises `ConfigurationError` if there is none to read."""
    if isinstance(source, bytes):
        return pa.BufferReader(source)
    try:
        return pa.OSFile(str(source))
    except OSError as error:
        raise ConfigurationError(f"{source} cannot be opened: {str(error)[:160]}") from error


def read_footer(file: pa.NativeFile, limits: Limits) -> Footer:
    """Read and check the footer; raises `Unreadable` or `BeyondLimits`."""
    parquet = pq.ParquetFile(file)
    metadata, schema = parquet.metadata, parquet.schema_arrow
    leaves = [parquet.schema.column(at) for at in range(metadata.num_columns)]
    doubled = [name for name, count in Counter(schema.names).items() if count > 1]
    if doubled:
        raise Unreadable(f"two columns are named {doubled[0][:60]!r}")
    _check_shape(metadata, file.size(), limits)
    row_bytes: dict[str, float] = dict.fromkeys(schema.names, 1.0)
    as_dictionary = []
    for at, leaf in enumerate(leaves):
        flat_text = _is_text(leaf) and leaf.path in row_bytes and _is_dictionary(metadata, at)
        if flat_text:
            as_dictionary.append(leaf.path)
        size = _checked_leaf(file, metadata, at, leaf, limits, grows=_is_text(leaf) and not flat_text)
        name = leaf.path if leaf.path in row_bytes else leaf.path.partition(".")[0]
        row_bytes[name] = max(size, row_bytes.get(name, 1.0))
    decoded_bytes = max(limits.decoded_bytes, limits.ratio * file.size())
    return Footer(metadata, schema, tuple(as_dictionary), row_bytes, decoded_bytes)


def _check_shape(metadata: pq.FileMetaData, size: int, limits: Limits) -> None:
    rows, columns, groups = metadata.num_rows, metadata.num_columns, metadata.num_row_groups
    _at_most("columns", columns, limits.columns)
    _at_most("column chunks", columns * groups, limits.column_chunks)
    counted = [metadata.row_group(group).num_rows for group in range(groups)]
    if rows < 0 or min(counted, default=0) < 0 or sum(counted) != rows:
        raise Unreadable(f"the footer declares {rows} rows, its row groups {sum(counted)}")
    _at_most("cells", rows * columns, limits.cells)
    if rows * columns > max(limits.cells_from, limits.cells_per_byte * size):
        raise BeyondLimits(
            f"{rows * columns} cells in a file of {size} bytes, expected at most {limits.cells_per_byte} a byte"
        )


def _checked_leaf(
    file: pa.NativeFile,
    metadata: pq.FileMetaData,
    at: int,
    leaf: pq.ColumnSchema,
    limits: Limits,
    *,
    grows: bool,
) -> float:
    """Check every chunk of a leaf, and give the bytes that a row of it takes once decoded.

    Text that is not kept as a dictionary `grows`: each value may be as long as the whole dictionary page.
    """
    most = GROWING_TEXT if grows else 1.0
    width = leaf.length if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY" else ITEM
    for group in range(metadata.num_row_groups):
        described = metadata.row_group(group)
        chunk, rows = described.column(at), max(described.num_rows, 1)
        least = min(chunk.total_compressed_size, chunk.total_uncompressed_size, chunk.num_values)
        if least < 0 or (leaf.max_repetition_level == 0 and chunk.num_values != described.num_rows):
            raise Unreadable(
                f"column {leaf.path[:60]!r} declares {chunk.num_values} values in {described.num_rows} rows"
            )
        _at_most("values in one column chunk", chunk.num_values, limits.cells)
        unpacked, dictionary = _checked_pages(file, chunk, limits)
        flat = max(unpacked, width * chunk.num_values) / rows
        _at_most("bytes in one row", int(flat), limits.chunk_bytes)
        most = max(most, flat, dictionary * chunk.num_values / rows if grows else 0)
    return most


def _checked_pages(file: pa.NativeFile, chunk: pq.ColumnChunkMetaData, limits: Limits) -> tuple[int, int]:
    """Give what a chunk and its dictionary unpack to by the headers of its pages: the footer may understate it."""
    packed, unpacked, dictionary = 0, 0, 0
    first, start = chunk.dictionary_page_offset or 0, chunk.data_page_offset
    has_dictionary = chunk.has_dictionary_page and first > 0 and (first < start or not start)
    if has_dictionary:
        start = first
    _check_unpacked(chunk.total_compressed_size, chunk.total_uncompressed_size, limits)
    for page_packed, page_unpacked in page_sizes(file, start, start + chunk.total_compressed_size):
        if has_dictionary and not packed:
            dictionary = page_unpacked
        packed, unpacked = packed + page_packed, unpacked + page_unpacked
        _check_unpacked(packed, unpacked, limits)
    return max(unpacked, chunk.total_uncompressed_size), dictionary


def _check_unpacked(packed: int, unpacked: int, limits: Limits) -> None:
    _at_most("bytes in one column chunk", unpacked, limits.chunk_bytes)
    if unpacked > max(limits.ratio_from_bytes, limits.ratio * packed):
        raise BeyondLimits(f"{packed} bytes unpack to {unpacked}, expected at most {limits.ratio} times as many")


def _at_most(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise BeyondLimits(f"{found} {what}, expected at most {limit}")


def _is_text(leaf: pq.ColumnSchema) -> bool:
    decimal = "DECIMAL" in (leaf.converted_type, leaf.logical_type.type)
    return bool(leaf.physical_type == "BYTE_ARRAY") and not decimal


def _is_dictionary(metadata: pq.FileMetaData, at: int) -> bool:
    """Tell whether a leaf can be read as a dictionary: what is encoded as differences cannot."""
    encodings = (metadata.row_group(group).column(at).encodings for group in range(metadata.num_row_groups))
    return all(PLAIN_ENCODINGS.issuperset(used) for used in encodings)
