"""A file that lists the parts of a batch: what a warehouse unloads, or what a training job takes.

Two shapes are known: `{"entries": [{"url": "s3://bucket/key"}, ...]}`, as Amazon Redshift writes, and
`[{"prefix": "s3://bucket/prefix/"}, "part-0", ...]`, as SageMaker reads. A name that is no URI stands for a file beside
the manifest. Whatever it lists is the word of a stranger: no other bucket, and nothing above the folder it may list.
"""

import json
from dataclasses import dataclass
from typing import Any

from holdfast.shared.errors import ContractError

SCHEME = "s3://"
MOST_BYTES = 1 << 22
MOST_PARTS = 10_000
LONGEST_KEY = 1_024
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Place:
    """An object that a manifest lists."""

    bucket: str
    key: str


def places(data: bytes, *, bucket: str, folder: str, below: str | None = None) -> tuple[Place, ...]:
    """Give the objects that a manifest in a folder of a bucket lists, in its order.

    All must lie in that bucket, and `below` this prefix (the folder itself if there is none). Raises `ContractError`.
    """
    found = tuple(_place(name, bucket, folder) for name in names(data))
    allowed = folder if below is None else below
    for place in found:
        if place.bucket != bucket:
            raise ContractError(f"a part lies in bucket {place.bucket[:SHOWN]!r}, expected {bucket!r}")
        if not place.key.startswith(allowed):
            raise ContractError(f"part {place.key[:SHOWN]!r} does not lie below {allowed[:SHOWN]!r}")
    _check_distinct([place.key for place in found])
    return found


def names(data: bytes) -> tuple[str, ...]:
    """Give what a manifest lists: URIs, or names beside it; raises `ContractError` if it is none, or lists nothing."""
    listed = _read(data)
    found = _entries(listed) if isinstance(listed, dict) else _paths(listed)
    if not found:
        raise ContractError("the manifest lists no part")
    if len(found) > MOST_PARTS:
        raise ContractError(f"the manifest lists {len(found)} parts, expected at most {MOST_PARTS}")
    for name in found:
        _check(name)
    _check_distinct(found)
    return tuple(found)


def split(uri: str) -> Place:
    """Take an s3 URI apart; raises `ContractError` if it is none of an object."""
    bucket, _, key = uri.removeprefix(SCHEME).partition("/")
    if not uri.startswith(SCHEME) or not bucket or not key:
        raise ContractError(f"expected s3://bucket/key, got {uri[:SHOWN]!r}")
    return Place(bucket, key)


def _place(name: str, bucket: str, folder: str) -> Place:
    return split(name) if name.startswith(SCHEME) else Place(bucket, folder + name)


def _read(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise ContractError(f"the manifest has {len(data)} bytes, expected at most {MOST_BYTES}")
    try:
        return json.loads(data, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ContractError(f"the manifest is no json: {str(error)[:SHOWN]}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) < len(pairs):
        raise ValueError("a key stands there twice")
    return known


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _entries(listed: dict[str, Any]) -> list[str]:
    entries = listed.get("entries")
    if not isinstance(entries, list):
        raise ContractError("the manifest has no list of entries")
    urls = [entry.get("url") if isinstance(entry, dict) else None for entry in entries]
    return [_text(url) for url in urls]


def _paths(listed: Any) -> list[str]:
    if not isinstance(listed, list):
        raise ContractError("the manifest is neither an object with entries nor a list")
    prefix, paths = "", listed
    if listed and isinstance(listed[0], dict):
        prefix, paths = _text(listed[0].get("prefix")), listed[1:]
        if not prefix.startswith(SCHEME):
            raise ContractError(f"the prefix is {prefix[:SHOWN]!r}, expected s3://bucket/...")
    return [prefix + _text(path) for path in paths]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ContractError(f"a part is named by {type(value).__name__}, expected text")
    return value


def _check(name: str) -> None:
    """Refuse what could lead elsewhere, or names no file."""
    key = split(name).key if name.startswith(SCHEME) else name
    odd = next((step for step in key.split("/") if step in ("", ".", "..")), None)
    if odd is not None or "://" in key or "\\" in key or not key.isprintable():
        raise ContractError(f"part {name[:SHOWN]!r} is no plain name of a file")
    if len(key.encode("utf-8", "surrogatepass")) > LONGEST_KEY:
        raise ContractError(f"a part's name has more than {LONGEST_KEY} bytes")


def _check_distinct(found: list[str]) -> None:
    if len(set(found)) < len(found):
        twice = next(name for at, name in enumerate(found) if name in found[:at])
        raise ContractError(f"part {twice[:SHOWN]!r} is listed twice")
