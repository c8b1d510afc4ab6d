"""What a Parquet file says of itself, held against our limits before a single page is decoded."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.reading.leaves import leaves
from holdfast.batches.reading.limits import LIMITS, BeyondLimits, Limits, Unreadable, at_most
from holdfast.batches.reading.pages import page_sizes
from holdfast.batches.reading.source import Source, opened

__all__ = [
    "LIMITS", "BeyondLimits", "Footer", "Limits", "Source", "Unreadable", "opened", "read_footer",
]  # fmt: skip

ITEM, CAUTION = 8, 8
PLAIN_ENCODINGS = frozenset({"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED"})
DIFFERENCES = "DELTA_BYTE_ARRAY"


@dataclass(frozen=True, slots=True)
class Footer:
    """A file that keeps our limits: its columns, and what a row, and a column, of them may take once decoded.

    `schema` names the columns as they are judged (a struct's leaves are columns), `paths` where they stand in the file.
    """

    metadata: pq.FileMetaData
    schema: pa.Schema
    paths: Mapping[str, tuple[str, ...]]
    as_dictionary: tuple[str, ...]
    row_bytes: Mapping[str, float]
    most_bytes: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Count the rows it declares."""
        return int(self.metadata.num_rows)


@dataclass(frozen=True, slots=True)
class _Pages:
    """What the pages of a column chunk unpack to: all, the dictionary, and the largest."""

    unpacked: int
    dictionary: int
    largest: int


def read_footer(file: pa.NativeFile, limits: Limits) -> Footer:
    """Read and check the footer; raises `Unreadable` or `BeyondLimits`."""
    parquet = pq.ParquetFile(file)
    metadata, schema = parquet.metadata, parquet.schema_arrow
    doubled = [name for name, count in Counter(schema.names).items() if count > 1]
    if doubled:
        raise Unreadable(f"two columns are named {doubled[0][:60]!r}")
    _check_shape(metadata, file.size(), limits)
    columns = leaves(schema)
    row_bytes = dict.fromkeys((column.name for column in columns), 1.0)
    most_bytes = dict.fromkeys(row_bytes, max(limits.decoded_bytes, limits.ratio * file.size()))
    grown = max(limits.grown_bytes, limits.grown_ratio * file.size())
    as_dictionary = []
    for at in range(metadata.num_columns):
        leaf = parquet.schema.column(at)
        is_kept = _is_text(leaf) and leaf.path in schema.names and _is_dictionary(metadata, at)
        if is_kept:
            as_dictionary.append(leaf.path)
        grows = _is_text(leaf) and not is_kept
        size = _checked_leaf(file, metadata, at, leaf, limits, grows=grows)
        for name in _above(leaf.path, row_bytes):
            row_bytes[name] = max(size, row_bytes[name])
            most_bytes[name] = min(grown, most_bytes[name]) if grows else most_bytes[name]
    judged = pa.schema([pa.field(column.name, column.type) for column in columns])
    paths = {column.name: column.path for column in columns}
    return Footer(metadata, judged, paths, tuple(as_dictionary), row_bytes, most_bytes)


def _above(path: str, names: Mapping[str, float]) -> list[str]:
    """Name the columns that a leaf of the file may be a part of."""
    steps = path.split(".")
    return [name for name in (".".join(steps[:length]) for length in range(1, len(steps) + 1)) if name in names]


def _check_shape(metadata: pq.FileMetaData, size: int, limits: Limits) -> None:
    rows, columns, groups = metadata.num_rows, metadata.num_columns, metadata.num_row_groups
    at_most("columns", columns, limits.columns)
    at_most("column chunks", columns * groups, limits.column_chunks)
    counted = [metadata.row_group(group).num_rows for group in range(groups)]
    if rows < 0 or min(counted, default=0) < 0 or sum(counted) != rows:
        raise Unreadable(f"the footer declares {rows} rows, its row groups {sum(counted)}")
    at_most("cells", rows * columns, limits.cells)
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

    Text that is not kept as a dictionary `grows`: a value may be as long as the dictionary page, and one written as
    its difference to the last as all that its page unpacks to. In lists, rows are taken to hold as much as each other.
    """
    most = 1.0
    width = leaf.length if leaf.physical_type == "FIXED_LEN_BYTE_ARRAY" else ITEM
    for group in range(metadata.num_row_groups):
        described = metadata.row_group(group)
        chunk, rows = described.column(at), max(described.num_rows, 1)
        least = min(chunk.total_compressed_size, chunk.total_uncompressed_size, chunk.num_values)
        if least < 0 or (leaf.max_repetition_level == 0 and chunk.num_values != described.num_rows):
            raise Unreadable(
                f"column {leaf.path[:60]!r} declares {chunk.num_values} values in {described.num_rows} rows"
            )
        at_most("values in one column chunk", chunk.num_values, limits.cells)
        pages = _checked_pages(file, chunk, limits)
        flat = max(pages.unpacked, width * chunk.num_values) / rows
        at_most("bytes in one row", int(flat), limits.chunk_bytes)
        longest = 0
        if grows:
            longest = max(pages.dictionary, pages.largest if DIFFERENCES in chunk.encodings else 0)
        if leaf.max_repetition_level:  # one row may hold all values of a chunk
            at_most(f"bytes in lists of column {leaf.path[:60]!r}", width * chunk.num_values, limits.chunk_bytes)
            longest = longest * chunk.num_values // rows
        most = max(most, flat, CAUTION * longest)
    return most


def _checked_pages(file: pa.NativeFile, chunk: pq.ColumnChunkMetaData, limits: Limits) -> _Pages:
    """Give what a chunk unpacks to by the headers of its pages: the footer may understate it."""
    packed, unpacked, dictionary, largest = 0, 0, 0, 0
    first, start = chunk.dictionary_page_offset or 0, chunk.data_page_offset
    has_dictionary = chunk.has_dictionary_page and first > 0 and (first < start or not start)
    if has_dictionary:
        start = first
    _check_unpacked(chunk.total_compressed_size, chunk.total_uncompressed_size, limits)
    for page_packed, page_unpacked in page_sizes(file, start, start + chunk.total_compressed_size):
        if has_dictionary and not packed:
            dictionary = page_unpacked
        packed, unpacked = packed + page_packed, unpacked + page_unpacked
        largest = max(largest, page_unpacked)
        _check_unpacked(packed, unpacked, limits)
    return _Pages(max(unpacked, chunk.total_uncompressed_size), dictionary, largest)


def _check_unpacked(packed: int, unpacked: int, limits: Limits) -> None:
    at_most("bytes in one column chunk", unpacked, limits.chunk_bytes)
    if unpacked > max(limits.ratio_from_bytes, limits.ratio * packed):
        raise BeyondLimits(f"{packed} bytes unpack to {unpacked}, expected at most {limits.ratio} times as many")


def _is_text(leaf: pq.ColumnSchema) -> bool:
    decimal = "DECIMAL" in (leaf.converted_type, leaf.logical_type.type)
    return bool(leaf.physical_type == "BYTE_ARRAY") and not decimal


def _is_dictionary(metadata: pq.FileMetaData, at: int) -> bool:
    """Tell whether a leaf can be read as a dictionary: what is encoded as differences cannot."""
    encodings = (metadata.row_group(group).column(at).encodings for group in range(metadata.num_row_groups))
    return all(PLAIN_ENCODINGS.issuperset(used) for used in encodings)
