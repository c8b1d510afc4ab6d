"""The files of a batch or a reference, checked against each other, before a value of them is counted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from holdfast.batches.kernel.columns import Kind, kind_of
from holdfast.batches.reading.columnar import checked_footer
from holdfast.batches.reading.footer import Footer
from holdfast.batches.reading.format import HEAD_BYTES, Format, format_of
from holdfast.batches.reading.limits import BeyondLimits, Expired, Limits, Unreadable, at_most
from holdfast.batches.reading.refusal import refusing
from holdfast.batches.reading.source import NamedSource, Source, named, opened

if TYPE_CHECKING:
    from holdfast.batches.reading.transcription import Columns

MOST_NAMED = 120
Types = dict[str, pa.DataType]


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of a text file's columns at the end: those it has, the ones without a value, the unparsed."""

    names: tuple[str, ...]
    empty: tuple[str, ...]
    unparsed: tuple[tuple[str, int], ...] = ()

    def __call__(self, footer: Footer) -> Footer:
        """Correct the footer of the file it was transcribed to."""
        kept = [footer.schema.field(name) for name in self.names]
        fields = [field.with_type(pa.null()) if field.name in self.empty else field for field in kept]
        return replace(footer, schema=pa.schema(fields))


@dataclass(frozen=True, slots=True)
class Part:
    """A file whose columns can be read one at a time: Parquet, or what a text file was transcribed to."""

    name: str
    source: bytes | Path
    footer: Footer
    settled: Settled | None = None
    leaves_out: bool = False

    @property
    def unparsed(self) -> dict[str, int]:
        """Count, for each column of text that should be none, the values that keep it from that; 100 at most."""
        return {} if self.settled is None else dict(self.settled.unparsed)

    @classmethod
    def of(cls, name: str, source: bytes | Path, settled: Settled | None, limits: Limits) -> "Part":
        """Read the footer of a file; of one that we transcribed, it is not held against the limits again."""
        if settled is None:
            return cls(name, source, checked_footer(source, limits))
        return cls(name, source, settled(checked_footer(source, _unbounded(limits))), settled)


@contextmanager
def parts_of(
    sources: Sequence[Source], wanted: Mapping[str, pa.DataType], *, limits: Limits, expired: Expired
) -> Iterator[list[Part]]:
    """Open files to be read a column at a time; text takes the types that are `wanted` where its values allow it.

    Raises `Unreadable` or `BeyondLimits`, with the name of the file if there are several.
    """
    at_most("files", len(sources), limits.parts)
    files = [named(source) for source in sources]
    formats = [_format(file, files) for file in files]
    types = dict(wanted)
    found: dict[int, Part] = {}
    for at, (file, format_) in enumerate(zip(files, formats, strict=True)):
        if format_.rows is None:
            with _naming(file, files):
                found[at] = Part.of(file.name, file.data, None, limits)
            for field in found[at].footer.schema:
                types.setdefault(field.name, field.type)
    with ExitStack() as stack:
        if len(found) < len(files):
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="holdfast-")))
            texts = {at: (files[at], formats[at]) for at in range(len(files)) if at not in found}
            found |= _transcribed(texts, files, types, folder, limits=limits, expired=expired)
        yield [found[at] for at in range(len(files))]


def types_of(parts: Sequence[Part], *, is_batch: bool) -> Types:
    """Give each column one type over all files; raises `Unreadable` where they differ in kind.

    The parts of one batch must have the same columns; in a reference of several files a column may be missing in some.
    """
    types: Types = {}
    first: dict[str, Part] = {}
    for part in parts:
        for field in part.footer.schema:
            known, at = types.setdefault(field.name, field.type), first.setdefault(field.name, part)
            if kind_of(known) is Kind.EMPTY:
                types[field.name], first[field.name] = field.type, part
            elif kind_of(field.type) not in (kind_of(known), Kind.EMPTY):
                column = f"column {field.name[:60]!r}"
                raise Unreadable(
                    f"{column} is {known} in {_called(at, 'one file')}, {field.type} in {_called(part, 'another')}"
                )
    for part in parts if is_batch else ():
        missing = next((name for name in types if part.footer.schema.get_field_index(name) < 0), None)
        if missing is not None and not part.leaves_out:
            raise Unreadable(
                f"column {missing[:60]!r} is in {_called(first[missing], 'one part')}, "
                f"not in {_called(part, 'another')}"
            )
    return types


def _format(file: NamedSource, files: Sequence[NamedSource]) -> Format:
    with opened(file) as content, _naming(file, files), refusing("the file"):
        return format_of(file.name, content.read(HEAD_BYTES))


def _transcribed(
    texts: Mapping[int, tuple[NamedSource, Format]],
    files: Sequence[NamedSource],
    types: Types,
    folder: Path,
    *,
    limits: Limits,
    expired: Expired,
) -> dict[int, Part]:
    """Write text files as Parquet, with one type for a column in all of them: again those written too narrow."""
    from holdfast.batches.reading.transcription import columns_of, transcribe

    columns = {format_.id: columns_of(format_, types, limits) for _, format_ in texts.values()}
    written: dict[int, Types] = {}
    has: dict[int, dict[str, int]] = {}
    waiting = list(texts)
    while waiting:
        for at in waiting:
            file, format_ = texts[at]
            known = columns[format_.id]
            with _naming(file, files):
                has[at] = transcribe(file, format_, known, folder / str(at), limits=limits, expired=expired)
            written[at] = known.types
        waiting = [at for at, (_, format_) in texts.items() if written[at] != columns[format_.id].types]
    return {
        at: replace(
            Part.of(file.name, folder / str(at), _settled(columns[format_.id], has[at], format_), limits),
            leaves_out=format_.leaves_out,
        )
        for at, (file, format_) in texts.items()
    }


def _settled(columns: "Columns", has: Mapping[str, int], format_: Format) -> Settled:
    types = columns.settled()
    names = tuple(name for name in types if format_.leaves_out or name in has)
    unparsed = tuple((name, has[name]) for name in names if has.get(name))
    return Settled(names, tuple(name for name in names if pa.types.is_null(types[name])), unparsed)


def _unbounded(limits: Limits) -> Limits:
    """Leave out what guards against a file's own lies."""
    return replace(limits, ratio=1 << 40, grown_ratio=1 << 40, cells_per_byte=1 << 40, chunk_bytes=1 << 40)


@contextmanager
def _naming(file: NamedSource, files: Sequence[NamedSource]) -> Iterator[None]:
    """Name a file in a refusal, if it is one of several."""
    try:
        yield
    except (Unreadable, BeyondLimits) as error:
        if len(files) == 1 or not file.name:
            raise
        raise type(error)(f"{file.name[-MOST_NAMED:]!r}: {error}") from error


def _called(part: Part, otherwise: str) -> str:
    return repr(part.name[-MOST_NAMED:]) if part.name else otherwise
