"""Samples of what baselines were built of, kept as Parquet under their SHA-256 and described by JSON: no pickle."""

import hashlib
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError
from pydantic import Field, ValidationError

from holdfast.batches.adapter import BROKEN_OFF
from holdfast.batches.alibi.arguments import MOST_ROWS
from holdfast.batches.alibi.sample import MOST_COLUMNS, Sample
from holdfast.batches.settings import BatchJudgeSettings
from holdfast.ledger.contract import SHA256
from holdfast.shared.canonical import canonical, read
from holdfast.shared.clients import client, translate
from holdfast.shared.contract import Emitted, explained
from holdfast.shared.errors import IntegrityError, TransientError

FOLDER = "samples/"


class Arguments(Emitted):
    """What a sample is determined by; their hash is the name under which it is looked up."""

    baseline: str = Field(pattern=SHA256)
    most_rows: int = MOST_ROWS
    most_columns: int = MOST_COLUMNS

    @property
    def key(self) -> str:
        """Name the JSON that says which Parquet file holds the sample."""
        return f"{FOLDER}{hashlib.sha256(canonical(self.model_dump(mode='json'))).hexdigest()}.json"


class Described(Emitted):
    """A sample as its JSON describes it."""

    arguments: Arguments
    sha256: str = Field(pattern=SHA256)
    rows: int = Field(ge=0)
    left_out: int = Field(ge=0)
    sources: tuple[str, ...]


class SampleStore:
    """Keep samples in the state bucket and read them back, proved."""

    def __init__(self, s3: Any, settings: BatchJudgeSettings) -> None:
        self._s3 = s3
        self._place = {"Bucket": settings.state_bucket, "ExpectedBucketOwner": settings.account}

    @classmethod
    def connect(cls, settings: BatchJudgeSettings) -> "SampleStore":
        """Open the state bucket these settings name."""
        return cls(client("s3"), settings)

    def find(self, arguments: Arguments) -> Sample | None:
        """Read a sample, or give `None` if there is none; raises `IntegrityError` if it was changed."""
        try:
            listed = self._s3.list_objects_v2(**self._place, Prefix=arguments.key, MaxKeys=1)
            if listed["KeyCount"] == 0:
                return None
            described = _described(self._get(arguments.key))
            data = self._get(_file(described.sha256))
        except ClientError as error:
            raise translate(error, f"reading sample {arguments.key}") from error
        if hashlib.sha256(data).hexdigest() != described.sha256:
            raise IntegrityError(f"{_file(described.sha256)} does not match its name")
        return Sample(pq.read_table(pa.BufferReader(data)), described.sha256, described.left_out)

    def keep(self, arguments: Arguments, rows: pa.Table, *, left_out: int, sources: tuple[str, ...]) -> Sample:
        """Store a sample: its rows first, so that what is described is there."""
        buffer = io.BytesIO()
        pq.write_table(rows, buffer, compression="zstd")
        data = buffer.getvalue()
        described = Described(
            arguments=arguments,
            sha256=hashlib.sha256(data).hexdigest(),
            rows=rows.num_rows,
            left_out=left_out,
            sources=sources,
        )
        self._put(_file(described.sha256), data, "application/vnd.apache.parquet")
        self._put(arguments.key, canonical(described.model_dump(mode="json")), "application/json")
        return Sample(rows, described.sha256, left_out)

    def _get(self, key: str) -> bytes:
        try:
            data: bytes = self._s3.get_object(**self._place, Key=key)["Body"].read()
        except BROKEN_OFF as error:
            raise TransientError(f"reading {key}: the connection broke off") from error
        return data

    def _put(self, key: str, data: bytes, kind: str) -> None:
        try:
            self._s3.put_object(**self._place, Key=key, Body=data, ContentType=kind)
        except ClientError as error:
            raise translate(error, f"keeping {key}") from error


def _file(sha256: str) -> str:
    return f"{FOLDER}{sha256}.parquet"


def _described(data: bytes) -> Described:
    try:
        return Described.model_validate(read(data))
    except ValidationError as error:
        raise IntegrityError(f"the description of a sample does not hold: {explained(error)}") from error
