"""What a batch is made of where one object only closes it: pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from holdfast.batches.contract import MARKER, OWN_FOLDERS, TABULAR, is_hidden
from holdfast.batches.entries import MOST_PARTS, ObjectRead, WaitsFor
from holdfast.batches.listing import Listed
from holdfast.batches.verdict import shown
from holdfast.shared.canonical import canonical

MOST_NAMED_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a batch has no parts to be judged by, and what it waits for; for nothing, if its producer must act."""

    reason: str
    waits_for: WaitsFor | None = None


def folder_of(marker: str) -> str:
    """Give the folder that a marker closes."""
    return marker.removesuffix(MARKER)


def in_folder(folder: str, versions: Iterable[Listed]) -> tuple[Listed, ...] | Unusable:
    """Choose the parts of a closed folder in the order of their keys, as it stands; nothing in it is left unsaid.

    What is hidden is no data, as every reader of such folders holds it; what is not hidden and no table is beyond us.
    """
    found = sorted((one for one in versions if one.is_latest and _is_data(one.key, folder)), key=lambda one: one.key)
    if not found:
        return Unusable(f"{shown(folder, most=200)} is closed and holds no data object")
    if other := next((one for one in found if not one.key.lower().endswith(TABULAR)), None):
        said = f"{shown(other.key, most=200)} ends in none of {', '.join(TABULAR)}"
        return Unusable(f"{said}: the batch cannot be judged whole", "support")
    return tuple(found) if (problem := too_many(map(object_of, found))) is None else problem


def too_many(parts: Iterable[ObjectRead]) -> Unusable | None:
    """Say that so many parts, or such long names, are more than an entry of the ledger holds."""
    named = tuple(parts)
    if len(named) > MOST_PARTS:
        return Unusable(f"{len(named)} parts or more, expected at most {MOST_PARTS}", "support")
    if (taken := named_bytes(named)) > MOST_NAMED_BYTES:
        return Unusable(f"the names of {len(named)} parts take {taken} bytes of {MOST_NAMED_BYTES}", "support")
    return None


def named_bytes(objects: Iterable[ObjectRead]) -> int:
    """Count what naming these objects takes in an entry."""
    return sum(len(canonical(each.model_dump(mode="json"))) + 1 for each in objects)


def object_of(version: Listed) -> ObjectRead:
    """Name the very version that was listed."""
    return ObjectRead(bucket=version.bucket, key=version.key, version_id=version.version_id, etag=version.etag)


def _is_data(key: str, folder: str) -> bool:
    names = key.removeprefix(folder).split("/")
    return bool(names[-1]) and not any(map(is_hidden, names)) and OWN_FOLDERS.isdisjoint(names[:-1])
