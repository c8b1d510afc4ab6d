"""Text files, once their rows are read, as Parquet files of our own: then all formats are read a column at a time.

Whatever is planned by the number of rows, or read a column at a time, is so the same for the same data in any format.
A file is gone through once if its columns are what the reference or its first rows say, else again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.reading.format import Format, Raw
from holdfast.batches.reading.ladder import TEXT, Ladder, hoped, ladder, ladder_of_typed, read_as, unreadable
from holdfast.batches.reading.limits import BeyondLimits, Expired, Limits, Unreadable, at_most
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.sampling import THERE, there
from holdfast.batches.reading.separator import check_header, check_separated, with_commas
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.reading.text import TextStream

GATHERED_BYTES, GATHERED_CELLS, MANY = 1 << 23, 1 << 22, 100


@dataclass(slots=True)
class Fitted:
    """A column of a text file: the types it may take, and which of them all its values so far can be read as."""

    path: tuple[str, ...]
    family: str
    steps: Ladder
    at: int = 0
    is_seen: bool = False
    hoped: pa.DataType | None = None
    unparsed: int = 0
    commas: int = 0
    others: bool = False

    @property
    def type(self) -> pa.DataType:
        """Give the type its values are read as now."""
        return self.steps[self.at]

    def fit(self, values: pa.Array) -> pa.Array:
        """Read values as the first type that takes them; raises `Unreadable` if no type takes these beside others."""
        self.is_seen = self.is_seen or values.null_count < len(values)
        while (found := read_as(values, self.type)) is None:
            self.at += 1
            if self.at == len(self.steps):
                raise Unreadable(f"column {'.'.join(self.path)[:60]!r} holds values of types that do not go together")
        if self.hoped is not None and self.type == TEXT and self.unparsed < MANY:
            self.unparsed += unreadable(values, self.hoped, most=MANY - self.unparsed)
        if self.type == TEXT and self.hoped is not None and kind_of(self.hoped) is Kind.NUMBER and not self.others:
            self._look_for_commas(values)
        return found

    def _look_for_commas(self, values: pa.Array) -> None:
        """Count the numbers written with commas, and note whether anything else is no number either."""
        have = with_commas(values)
        self.commas += have.true_count
        assert self.hoped is not None  # noqa: S101 - else nobody looks
        rest = values.filter(pa.array(~have.to_numpy(zero_copy_only=False)))
        self.others = unreadable(rest, self.hoped, most=1) > 0


@dataclass(slots=True)
class Columns:
    """The columns of the text files of one batch, which take one type in all of them."""

    wanted: Mapping[str, pa.DataType]
    limits: Limits
    fitted: dict[str, Fitted] = field(default_factory=dict)
    commas: dict[Path, dict[str, tuple[int, bool]]] = field(default_factory=dict)

    def fit(self, raw: Raw) -> dict[str, pa.Array]:
        """Read some rows with the types that take all rows so far."""
        return {".".join(path): self._column(path, values) for path, values in raw.columns.items()}

    @property
    def types(self) -> dict[str, pa.DataType]:
        """Give the type of each column as it is now."""
        return {name: column.type for name, column in self.fitted.items()}

    def settled(self) -> dict[str, pa.DataType]:
        """Give each column's type at the end: one without any value has none, and one that was an object is none."""
        objects = {column.path[:depth] for column in self.fitted.values() for depth in range(1, len(column.path))}
        for name, column in self.fitted.items():
            if column.is_seen and column.path in objects:
                raise Unreadable(f"column {name[:60]!r} is an object in one line, a value in another")
        self._check_decimals()
        return {
            name: column.type if column.is_seen or name in self.wanted else pa.null()
            for name, column in self.fitted.items()
            if column.path not in objects
        }

    def note(self, path: Path) -> None:
        """Keep of a file, once it is read to its end, in which columns numbers are written with commas."""
        self.commas[path] = {name: (one.commas, one.others) for name, one in self.fitted.items() if one.unparsed}

    def _check_decimals(self) -> None:
        """Refuse a column of numbers which nothing but commas keeps from being one, in whichever file."""
        said = [one for file in self.commas.values() for one in file.items()]
        mixed = {name for name, (_, others) in said if others}
        if name := next((name for name, (commas, _) in said if commas and name not in mixed), None):
            wanted = "expected a point in decimals, and nothing between thousands"
            raise Unreadable(f"column {name[:60]!r} has commas in its numbers, perhaps as decimal commas: {wanted}")

    def _column(self, path: tuple[str, ...], values: pa.Array) -> pa.Array:
        name, family = ".".join(path), _family(values.type)
        known = self.fitted.get(name)
        if known is None or (known.family == "null" != family):
            at_most("columns", len(self.fitted), self.limits.columns)
            steps = self._steps(name, values.type)
            known = self.fitted[name] = Fitted(path, family, steps, hoped=hoped(steps, self.wanted.get(name)))
        if known.path != path:
            raise Unreadable(f"two columns are named {name[:60]!r}")
        if family not in (known.family, "null"):
            raise Unreadable(f"column {name[:60]!r} is {known.family} in one line, {family} in another")
        return known.fit(there(values) if family == "a list" else values)

    def _steps(self, name: str, data_type: pa.DataType) -> Ladder:
        if kind_of(data_type) is Kind.NESTED:
            return (THERE,)
        wanted = self.wanted.get(name)
        return ladder(wanted) if pa.types.is_null(data_type) else self.rungs(data_type, wanted)

    def rungs(self, data_type: pa.DataType, wanted: pa.DataType | None) -> Ladder:
        """Give the types that values of a type may take."""
        return ladder_of_typed(data_type, wanted)


class FieldColumns(Columns):
    """The columns of a format that knows nothing but text: each may turn out to be anything."""

    def fit(self, raw: Raw) -> dict[str, pa.Array]:
        """Read some rows with the types that take all rows so far; raises `Unreadable` if they are not cut well."""
        names = [".".join(path) for path in raw.columns]
        if not self.fitted.keys() >= set(names):
            known = self.wanted.keys() | self.fitted.keys()
            check_separated(names, known)
            check_header(names, known)
        return super().fit(raw)

    def rungs(self, data_type: pa.DataType, wanted: pa.DataType | None) -> Ladder:
        """Give the types that a field may take."""
        return ladder(wanted)


def columns_of(format_: Format, wanted: Mapping[str, pa.DataType], limits: Limits) -> Columns:
    """Begin the columns of a batch in a format."""
    return Columns(wanted, limits) if format_.leaves_out else FieldColumns(wanted, limits)


def transcribe(
    source: NamedSource, format_: Format, columns: Columns, path: Path, *, limits: Limits, expired: Expired
) -> dict[str, int]:
    """Write a text file as Parquet; name its columns, and how many values of each are not what was hoped.

    `columns` holds what is known of its types, and learns more.

    Raises `Unreadable` or `BeyondLimits`.
    """
    if format_.rows is None:
        raise BeyondLimits(f"{format_.id} has no rows of text")

    def raws() -> Iterator[Raw]:
        with TextStream(source, limits, expired) as text:
            yield from format_.rows(text, limits)  # type: ignore[misc]

    with refusing("the file"):
        while (names := _written(raws, columns, path, limits)) is None:
            continue
    columns.note(path)
    return names


def _written(raws: Callable[[], Iterator[Raw]], columns: Columns, path: Path, limits: Limits) -> dict[str, int] | None:
    """Write the rows, or give `None` where a later one showed a type or a column that those written have not."""
    writer: _Writer | None = None
    rows = size = 0
    names: dict[str, None] = {}
    for known in columns.fitted.values():
        known.unparsed, known.commas, known.others = 0, 0, False
    try:
        for raw in raws():
            found = columns.fit(raw)
            rows, size = rows + raw.rows, size + raw.size
            at_most("cells", rows * len(columns.fitted), max(limits.text_cells_from, limits.text_cells_per_byte * size))
            writer = writer or _Writer(path, columns.types, limits)
            names |= dict.fromkeys(found)
            if writer.types == columns.types:
                writer.write(found, raw.rows)
        if writer is None:
            raise Unreadable("it is empty")
        return {name: columns.fitted[name].unparsed for name in names} if writer.types == columns.types else None
    finally:
        if writer is not None:
            writer.close()


class _Writer:
    """Gathers rows, and writes them in groups."""

    def __init__(self, path: Path, types: Mapping[str, pa.DataType], limits: Limits) -> None:
        self.types = dict(types)
        self._path, self._limits, self._schema = path, limits, pa.schema(types.items())
        texts = [name for name, data_type in types.items() if data_type == TEXT]
        self._parquet = pq.ParquetWriter(
            path, self._schema, compression="lz4", use_dictionary=texts, write_statistics=False
        )
        self._gathered: list[pa.RecordBatch] = []
        self._bytes = 0

    def write(self, found: Mapping[str, pa.Array], rows: int) -> None:
        step = max(1, GATHERED_CELLS // max(1, len(self.types)))
        for start in range(0, rows, step):
            count = min(step, rows - start)
            arrays = [
                found[name][start : start + count] if name in found else pa.nulls(count, data_type)
                for name, data_type in self.types.items()
            ]
            self._gathered.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
            self._bytes += self._gathered[-1].nbytes
            if self._bytes > GATHERED_BYTES:
                self._flush()

    def _flush(self) -> None:
        self._parquet.write_table(pa.Table.from_batches(self._gathered, self._schema))
        self._gathered, self._bytes = [], 0
        size = self._path.stat().st_size
        if size > self._limits.spooled_bytes:
            raise BeyondLimits(f"it takes more than {self._limits.spooled_bytes} bytes as columns")

    def close(self) -> None:
        if self._gathered:
            self._flush()
        self._parquet.close()


def _family(data_type: pa.DataType) -> str:
    if pa.types.is_null(data_type):
        return "null"
    if pa.types.is_boolean(data_type):
        return "a boolean"
    kind = kind_of(data_type)
    return "a list" if kind is Kind.NESTED else "a number" if kind is Kind.NUMBER else "text"
