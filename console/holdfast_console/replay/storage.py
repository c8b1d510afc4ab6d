"""What S3 tells of its objects: one event a change, as AWS sends it, where moto's are constant, doubled or missing."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import quote_plus

from moto.s3 import notifications
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from holdfast_console.replay.strict import Method, Rule, replaced

DETAIL_TYPES = {
    "ObjectCreated": "Object Created", "ObjectRemoved": "Object Deleted", "ObjectAcl": "Object ACL Updated",
    "ObjectTagging:Put": "Object Tags Added", "ObjectTagging:Delete": "Object Tags Deleted",
}  # fmt: skip
REASONS = {
    "ObjectCreated:Put": "PutObject", "ObjectCreated:Post": "POST Object", "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload", "ObjectRemoved:Delete": "DeleteObject",
    "ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
}  # fmt: skip
COMPLETED, CREATED, DELETED, MARKED = (
    "ObjectCreated:CompleteMultipartUpload",
    "ObjectCreated:",
    "ObjectRemoved:Delete",
    "ObjectRemoved:DeleteMarkerCreated",
)
EMPTY_ETAG = "d41d8cd98f00b204e9800998ecf8427e"
REQUESTER = "OPERATOR"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one object."""

    event: str
    bucket: str
    region: str
    account: str
    key: str
    version_id: str | None
    etag: str | None
    size: int | None
    sequencer: str
    time: datetime

    @property
    def detail_type(self) -> str | None:
        """Give the detail-type that EventBridge knows such a change by, if it knows it."""
        return DETAIL_TYPES.get(self.event) or DETAIL_TYPES.get(self.event.split(":", 1)[0])

    def detail(self) -> dict[str, Any]:
        """Give the detail of the EventBridge event: the key as it is."""
        about = {
            "key": self.key, "size": self.size, "etag": self.etag, "version-id": self.version_id,
            "sequencer": None if self.event.startswith(("ObjectTagging", "ObjectAcl")) else self.sequencer,
        }  # fmt: skip
        more = {}
        if self.event.startswith("ObjectRemoved"):
            more["deletion-type"] = "Delete Marker Created" if self.event == MARKED else "Permanently Deleted"
        return {
            "version": "0", "bucket": {"name": self.bucket},
            "object": {name: value for name, value in about.items() if value is not None},
            "request-id": self.sequencer[-16:], "requester": self.account, "source-ip-address": "127.0.0.1",
            **({"reason": REASONS[self.event]} if self.event in REASONS else {}), **more,
        }  # fmt: skip

    def notification(self, configuration_id: str) -> dict[str, Any]:
        """Give the notification: the key encoded as in a form, with its slashes left alone."""
        about = {
            "key": quote_plus(self.key, safe="/"), "size": self.size, "eTag": self.etag, "versionId": self.version_id,
            "sequencer": self.sequencer,
        }  # fmt: skip
        record = {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": self.region,
            "eventTime": self.time.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "eventName": self.event,
            "userIdentity": {"principalId": f"AWS:{REQUESTER}"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": self.sequencer[-16:], "x-amz-id-2": self.sequencer},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration_id,
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": {"principalId": REQUESTER},
                    "arn": f"arn:aws:s3:::{self.bucket}",
                },
                "object": {name: value for name, value in about.items() if value is not None},
            },
        }
        return {"Records": [record]}


@dataclass(frozen=True, slots=True)
class _Note:
    event: str
    bucket: Any
    key: str
    version_id: str | None
    etag: str | None
    size: int | None


_notes: ContextVar[list[_Note] | None] = ContextVar("notes", default=None)


class Storage:
    """Watches moto's S3 and announces each change as the bucket is configured to."""

    def __init__(
        self, *, to_bus: Callable[[Change], None], to_target: Callable[[str, str, dict[str, Any]], None]
    ) -> None:
        self._to_bus = to_bus
        self._to_target = to_target
        self._sequence = itertools.count(1)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Announce what changes while the block runs."""
        rules = (
            Rule(S3Response, "bucket_response", self._responding),
            Rule(S3Response, "key_response", self._responding),
            Rule(S3Backend, "delete_object", _deleting),
        )
        with (
            replaced(rules),
            patch.object(notifications, "send_event", _note),
            patch.object(notifications, "send_test_event", self._send_test_event),
        ):
            yield

    def _responding(self, respond: Method) -> Method:
        """Collect what one request changes, and announce it once the request has succeeded."""

        def responded(response: Any, *args: Any, **kwargs: Any) -> Any:
            token = _notes.set([])
            try:
                answer = respond(response, *args, **kwargs)
                notes = _notes.get() or []
            finally:
                _notes.reset(token)
            if answer[0] < 300:
                for note in _told(notes):
                    self._announce(note)
            return answer

        return responded

    def _announce(self, note: _Note) -> None:
        bucket, now = note.bucket, datetime.now(UTC)
        change = Change(
            note.event,
            bucket.name,
            bucket.region_name,
            bucket.account_id,
            note.key,
            note.version_id,
            note.etag,
            note.size,
            f"{int(now.timestamp()):08X}{next(self._sequence):010X}",
            now,
        )
        configuration = bucket.notification_configuration
        if configuration is None:
            return
        for target in (*configuration.queue, *configuration.topic, *configuration.cloud_function):
            if target.matches(f"s3:{note.event}", note.key):
                self._to_target(bucket.arn, target.arn, change.notification(target.id))
        if configuration.event_bridge is not None and change.detail_type is not None:
            self._to_bus(change)

    def _send_test_event(self, account_id: str, bucket: Any) -> None:
        configuration = bucket.notification_configuration
        event = {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "Bucket": bucket.name,
            "RequestId": "5582815E1AEA5ADF",
            "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
        }
        for arn in {target.arn for target in (*configuration.queue, *configuration.topic)}:
            self._to_target(bucket.arn, arn, event)


def _note(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
    notes = _notes.get()
    if notes is not None and key is not None:
        event = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
        notes.append(_Note(event, bucket, key.name, _version(bucket, key.version_id), key.etag.strip('"'), key.size))


def _told(notes: list[_Note]) -> list[_Note]:
    """Keep of a request what AWS would tell: a put says nothing of its tags, a completed upload nothing of a put."""
    if completed := [note for note in notes if note.event == COMPLETED]:
        return completed
    created = [note for note in notes if note.event.startswith(CREATED)]
    return created or notes


def _deleting(delete: Method) -> Method:
    """Tell of each deletion: moto is silent about delete markers and about versions that are not the last."""

    def deleted(backend: Any, bucket_name: str, key_name: str, version_id: str | None = None, **kwargs: Any) -> Any:
        token = _notes.set(None)
        try:
            answer = delete(backend, bucket_name, key_name, version_id=version_id, **kwargs)
        finally:
            _notes.reset(token)
        done, said = answer
        notes = _notes.get()
        if done and notes is not None:
            bucket = backend.get_bucket(bucket_name)
            marked = bucket.is_versioned and version_id is None
            event, version = (MARKED, said["version-id"]) if marked else (DELETED, version_id)
            notes.append(
                _Note(event, bucket, key_name, _version(bucket, version), EMPTY_ETAG if marked else None, None)
            )
        return answer

    return deleted


def _version(bucket: Any, version_id: Any) -> str | None:
    return str(version_id) if version_id is not None and bucket.is_versioned else None
