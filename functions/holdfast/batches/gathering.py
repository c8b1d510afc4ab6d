"""From the object that was told of to the objects that hold the batch's rows, each read once and let go."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from holdfast.batches.adapter import Absent, Denied, ObjectStore, Opened
from holdfast.batches.entries import MOST_PARTS, NO_VERSION, ObjectRead, WaitsFor
from holdfast.batches.listing import Listed
from holdfast.batches.logic import Described, beyond_us
from holdfast.batches.parts import Unusable, folder_of, in_folder, object_of, too_many
from holdfast.batches.policy import BatchSource
from holdfast.batches.reading import manifest_file
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.verdict import shown
from holdfast.shared.errors import ConfigurationError, ContractError

MOST_LIST_BYTES = 1024**2
MOST_PAGES = 20
MOST_IN_MEMORY = 128 * 1024**2
MOST_TOGETHER = 4 * 1024**3
Expired = Callable[[], bool]


class PartLost(ConfigurationError):  # noqa: N818
    """A part of a batch cannot be read: the batch is not judged by the rest of it."""

    def __init__(self, reason: str, waits_for: WaitsFor) -> None:
        super().__init__(reason)
        self.waits_for = waits_for


class Gatherer:
    """Find the parts of a batch and fetch them: a few stay in memory, what is larger goes to the function's disk."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def parts(self, opened: Opened, source: BatchSource) -> Described | Unusable | Absent:
        """Describe the batch that an opened object is or closes, with its parts; the object's body is used up.

        A marker that another took the place of, or that was taken away, closes nothing any more: it is `Absent`.
        """
        described = replace(opened.described, closed_by=source.closed_by)
        if source.closed_by == "object":
            return described
        found = self._closed(opened, described) if source.closed_by == "success" else self._named(opened, source)
        if isinstance(found, Unusable | Absent):
            return found
        return replace(described, parts=tuple(one.source for one in found), size=sum(one.size for one in found))

    def read(self, found: Described, folder: Path, *, expired: Expired) -> Iterator[NamedSource]:
        """Fetch the parts of a batch one by one; raises `PartLost` at the first that cannot be had."""
        if found.size > MOST_TOGETHER:
            said = f"the parts have {found.size} bytes together, beyond our limit of {MOST_TOGETHER}"
            raise PartLost(said, "support")
        for number, part in enumerate(found.parts):
            if expired():
                raise PartLost(f"time ran out after {number} of {len(found.parts)} parts", "support")
            opened = self._objects.open(part)
            if not isinstance(opened, Opened):
                raise _lost(part, opened)
            if (reason := beyond_us(opened.described)) is not None:
                opened.close()
                raise PartLost(f"{_named(part)}: {reason}", "support")
            yield NamedSource(part.key, self._fetched(opened, found, folder / str(number)))

    def _fetched(self, opened: Opened, found: Described, file: Path) -> bytes | Path:
        """Take the bytes of a part into memory if all are few, else to a file of our own naming."""
        if found.size <= MOST_IN_MEMORY:
            return opened.read()
        try:
            return opened.save(file)
        except OSError as error:
            raise PartLost(
                f"{_named(opened.described.source)} found no room here: {error.strerror}", "support"
            ) from error

    def _closed(self, opened: Opened, described: Described) -> tuple[Described, ...] | Unusable | Absent:
        """List what the folder of a marker holds at this moment."""
        opened.close()
        marker = described.source
        folder = folder_of(marker.key)
        try:
            versions = self._listed(described.source.bucket, folder)
        except ConfigurationError as error:
            return Unusable(str(error), "permission")
        if isinstance(versions, Unusable):
            return versions
        if not any((one.key, one.version_id) == (marker.key, marker.version_id) for one in versions):
            return Absent("the marker was written anew since, or taken away: the folder is not what it closed")
        found = in_folder(folder, versions)
        if isinstance(found, Unusable):
            return found
        return tuple(Described(object_of(one), one.size, one.modified) for one in found)

    def _listed(self, bucket: str, folder: str) -> list[Listed] | Unusable:
        versions: list[Listed] = []
        for number, page in enumerate(self._objects.versions(bucket, folder), 1):
            versions += [one for one in page.versions if one.is_latest]
            if page.following is not None and (len(versions) > 2 * MOST_PARTS or number == MOST_PAGES):
                return Unusable(f"{shown(folder, most=200)} holds more objects than we list: split it", "support")
        return versions

    def _named(self, opened: Opened, source: BatchSource) -> tuple[Described, ...] | Unusable:
        """Look at what a manifest file lists, so that each part is known by its version before any is read."""
        if opened.described.size > MOST_LIST_BYTES:
            opened.close()
            said = f"the manifest file has {opened.described.size} bytes, beyond our limit of {MOST_LIST_BYTES}"
            return Unusable(said, "support")
        told = opened.described.source
        folder = told.key[: told.key.rfind("/") + 1]
        try:
            places = manifest_file.places(opened.read(), bucket=told.bucket, folder=folder, below=source.prefix)
        except ContractError as error:
            return Unusable(str(error))
        named = [ObjectRead(bucket=one.bucket, key=one.key, version_id=NO_VERSION, etag=None) for one in places]
        if (problem := too_many(named)) is not None:
            return problem
        found = []
        for part in named:
            seen = self._objects.look(part)
            if not isinstance(seen, Described):
                lost = _lost(part, seen)
                return Unusable(str(lost), lost.waits_for)
            found.append(seen)
        return tuple(found)


def _lost(part: ObjectRead, said: Absent | Denied) -> PartLost:
    if isinstance(said, Denied):
        return PartLost(said.reason, "permission")
    return PartLost(f"{_named(part)} is not there: {said.reason}", "parts")


def _named(part: ObjectRead) -> str:
    return f"part s3://{part.bucket}/{shown(part.key, most=200)}"
