"""Files to look at, on this machine or in S3: one, a folder of parts, or a manifest that lists the parts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from holdfast.batches.reading.manifest_file import MOST_BYTES, MOST_PARTS, names, places
from holdfast.batches.reading.source import NamedSource, Source, named
from holdfast.shared.contract import printable
from holdfast.shared.errors import ConfigurationError, ContractError

SCHEME = "s3://"
CLOSED = "_SUCCESS"
MANIFEST, LISTING = ".manifest", ".json"


def checked(context: click.Context, parameter: click.Parameter, places: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse, before any work, what is neither a file, a folder nor s3://bucket/key; a callback of click."""
    for place in places:
        if place.startswith(SCHEME):
            if not all(_split(place)):
                raise click.BadParameter(f"expected s3://bucket/key, got {place!r}", context, parameter)
        elif not Path(place).exists():
            raise click.BadParameter(f"{place!r} is not a file", context, parameter)
    return places


def fetched(place: str) -> Source:
    """Give a local path, or the bytes behind an s3 URI; raises `ConfigurationError` if they cannot be had."""
    if not place.startswith(SCHEME):
        return Path(place)
    bucket, key = _split(place)
    return NamedSource(key, object_at(bucket, key))


def bytes_at(place: str) -> bytes:
    """Give the bytes of a file or an object; raises `ConfigurationError` if they cannot be had."""
    data = named(fetched(place)).data
    try:
        return data if isinstance(data, bytes) else data.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be read: {error.strerror}") from error


def gathered(place: str, *, unclosed: bool = False) -> Sequence[Source]:
    """Give the file, the files of a folder in the order of their names, or those that a manifest lists, in its order.

    What is hidden in a folder is none of them. A folder, or a place in S3 that ends in `/`, is whole once `_SUCCESS`
    lies in it, unless `unclosed` ones are taken as they are. Raises `ContractError` if what is there is no batch,
    `ConfigurationError` if it cannot be had.
    """
    if place.startswith(SCHEME):
        bucket, key = _split(place)
        if key.endswith("/"):
            return below(bucket, key, unclosed=unclosed)
        if is_manifest(key):
            return listed_in(bucket, key)
    elif Path(place).is_dir():
        return _within(Path(place), unclosed=unclosed)
    elif is_manifest(place):
        return _listed(Path(place))
    return [fetched(place)]


def is_manifest(name: str) -> bool:
    """Tell by its name whether a file lists others: `….manifest`, or `…manifest….json`."""
    last = name.rpartition("/")[2].lower()
    return last.endswith(MANIFEST) or (last.endswith(LISTING) and MANIFEST[1:] in last)


def _within(folder: Path, *, unclosed: bool) -> list[Source]:
    if not unclosed and not (folder / CLOSED).exists():
        raise ContractError(_not_closed(str(folder)))
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    kept = sorted(filter(_is_part, files))
    if not kept:
        raise ContractError(f"{folder} holds no file")
    return [NamedSource(name, files[name]) for name in kept]


def _listed(manifest: Path) -> list[Source]:
    """Read the files that a local manifest lists: beside it, or in S3."""
    with manifest.open("rb") as file:
        found = names(file.read(MOST_BYTES + 1))
    local = [name for name in found if not name.startswith(SCHEME)]
    missing = next((name for name in local if not (manifest.parent / name).is_file()), None)
    if missing is not None:
        raise ContractError(f"part {missing[:80]!r} is not beside {manifest.name!r}")
    return [fetched(name) if name.startswith(SCHEME) else NamedSource(name, manifest.parent / name) for name in found]


def listed_in(bucket: str, key: str) -> list[NamedSource]:
    """Give the objects that a manifest in S3 lists; all must lie in its bucket."""
    folder = key[: key.rfind("/") + 1]
    found = places(object_at(bucket, key), bucket=bucket, folder=folder, below="")
    return [NamedSource(place.key, object_at(place.bucket, place.key)) for place in found]


def below(bucket: str, prefix: str, *, unclosed: bool) -> list[NamedSource]:
    """Give the objects below a prefix, named by what comes after its last folder."""
    keys = list(_keys(bucket, prefix))
    if not unclosed and f"{prefix}{CLOSED}" not in keys:
        raise ContractError(_not_closed(f"{SCHEME}{bucket}/{prefix}"))
    folder = prefix[: prefix.rfind("/") + 1]
    kept = [key for key in keys if _is_part(key.removeprefix(folder))]
    if not kept:
        raise ContractError(f"{SCHEME}{bucket}/{prefix} holds no object")
    if len(kept) > MOST_PARTS:
        raise ConfigurationError(f"{SCHEME}{bucket}/{prefix} holds more than {MOST_PARTS} objects")
    return [NamedSource(key.removeprefix(folder), object_at(bucket, key)) for key in sorted(kept)]


def _is_part(name: str) -> bool:
    """Leave out what is not data: a name, or a folder above it, that is hidden; a partition such as `_day=2` is not."""
    from holdfast.batches.contract import is_hidden

    return bool(name) and not name.endswith("/") and not any(map(is_hidden, name.split("/")))


def _not_closed(place: str) -> str:
    return f"{printable(place)} is not closed: no {CLOSED} in it says that all its parts are there"


def _keys(bucket: str, prefix: str) -> Iterator[str]:
    with asking("s3", f"listing {SCHEME}{bucket}/{prefix}") as s3:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", []))


def object_at(bucket: str, key: str) -> bytes:
    """Fetch an object, once."""
    with asking("s3", f"reading {SCHEME}{bucket}/{key}") as s3:
        data: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return data


@contextmanager
def asking(service: str, what: str, *, region: str | None = None) -> Iterator[Any]:
    """Ask AWS, and say of its errors who must act; boto3 is loaded when it is needed."""
    from botocore.exceptions import BotoCoreError, ClientError

    from holdfast.shared.clients import client, translate

    try:
        yield client(service, region)
    except ClientError as error:
        raise translate(error, what) from error
    except BotoCoreError as error:
        raise ConfigurationError(f"{what}: {error}") from error


def _split(place: str) -> tuple[str, str]:
    bucket = urlsplit(place).netloc
    return bucket, place.removeprefix(f"{SCHEME}{bucket}").removeprefix("/")
