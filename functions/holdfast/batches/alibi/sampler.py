"""Draw the two samples that are compared: of a batch, and of what its baseline was built of."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from holdfast.batches.adapter import Absent, Denied, ObjectStore
from holdfast.batches.alibi.sample import Drawn, Sample, draw, merge
from holdfast.batches.alibi.store import Arguments, SampleStore
from holdfast.batches.entries import BaselineActivated, BatchJudged, ObjectRead
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.shared.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Pair:
    """What a detector compares."""

    reference: Sample
    batch: pa.Table


class Sampler:
    """Read objects exactly as they were judged, and keep a bounded part of them."""

    def __init__(self, objects: ObjectStore, store: SampleStore) -> None:
        self._objects = objects
        self._store = store

    @classmethod
    def connect(cls, settings: BatchJudgeSettings) -> "Sampler":
        """Open the objects and the samples these settings name."""
        return cls(ObjectStore.connect(settings.account), SampleStore.connect(settings))

    def pair(self, judged: BatchJudged, baseline: str, activated: Iterator[BaselineActivated]) -> Pair | Absent:
        """Draw from a judged batch and from its baseline's objects, or say which of them is gone."""
        arguments = Arguments(baseline=baseline)
        reference = self._store.find(arguments) or self._built(arguments, next(activated))
        if isinstance(reference, Absent):
            return reference
        batch = self._each(judged.objects, only=_types(reference.rows))
        if isinstance(batch, Absent):
            return batch
        whole = batch[0].rows if len(batch) == 1 else merge(batch, seed=_named(judged.source))
        return Pair(reference, whole)

    def _built(self, arguments: Arguments, built: BaselineActivated) -> Sample | Absent:
        parts = self._each(built.sources)
        if isinstance(parts, Absent):
            return parts
        rows = merge(parts, seed=arguments.baseline)
        left_out = max(part.left_out for part in parts)
        return self._store.keep(arguments, rows, left_out=left_out, sources=tuple(map(_named, built.sources)))

    def _each(self, sources: Sequence[ObjectRead], *, only: Collection[str] | None = None) -> list[Drawn] | Absent:
        """Draw from each object, one after the other; what one of them lacks, all lack."""
        parts: list[Drawn] = []
        for source in sources:
            drawn = self._draw(source, only=only)
            if isinstance(drawn, Absent):
                return drawn
            parts.append(drawn)
        return parts

    def _draw(self, source: ObjectRead, *, only: Collection[str] | None = None) -> Drawn | Absent:
        opened = self._objects.open(source)
        if isinstance(opened, Denied):
            raise ConfigurationError(opened.reason)
        if isinstance(opened, Absent):
            return Absent(f"s3://{source.bucket}/{source.key[:100]} is {opened.reason}")
        try:
            return draw(NamedSource(source.key, opened.read()), seed=_named(source), only=only)
        except (Unreadable, BeyondLimits) as error:
            return Absent(f"s3://{source.bucket}/{source.key[:100]} cannot be sampled: {error}")


def _types(rows: pa.Table) -> dict[str, pa.DataType]:
    return dict(zip(rows.column_names, rows.schema.types, strict=True))


def _named(source: ObjectRead) -> str:
    return f"s3://{source.bucket}/{source.key}@{source.version_id}#{source.etag}"
