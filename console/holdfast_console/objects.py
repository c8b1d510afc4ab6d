"""Files to look at, on this machine or in S3."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from holdfast.shared.errors import ConfigurationError

SCHEME = "s3://"


def checked(context: click.Context, parameter: click.Parameter, places: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse, before any work, what is neither a file nor s3://bucket/key; a callback of click."""
    for place in places:
        if place.startswith(SCHEME):
            if not all(_split(place)):
                raise click.BadParameter(f"expected s3://bucket/key, got {place!r}", context, parameter)
        elif not Path(place).is_file():
            raise click.BadParameter(f"{place!r} is not a file", context, parameter)
    return places


def fetched(place: str) -> bytes | Path:
    """Give a local path, or the bytes behind an s3 URI; raises `ConfigurationError` if they cannot be had."""
    if not place.startswith(SCHEME):
        return Path(place)
    from botocore.exceptions import BotoCoreError, ClientError

    from holdfast.shared.clients import client, translate

    bucket, key = _split(place)
    try:
        data: bytes = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise translate(error, f"reading {place}") from error
    except BotoCoreError as error:
        raise ConfigurationError(f"reading {place}: {error}") from error
    return data


def _split(place: str) -> tuple[str, str]:
    bucket = urlsplit(place).netloc
    return bucket, place.removeprefix(f"{SCHEME}{bucket}").removeprefix("/")
