"""The quarantine actor: one copy, one mark, nothing deleted."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from holdfast.batches import quarantine, quarantine_actor
from holdfast.ledger.contract import Entry
from tests.conftest import ACCOUNT, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MODEL,
    PREFIX,
    QUARANTINE,
    UNVERSIONED,
    House,
    announced,
    failed,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching

KEY = f"{PREFIX}a.parquet"
BAD = b"this is no parquet"


def refused(house: House, key: str = KEY, *, bucket: str = BUCKET, data: bytes = BAD) -> Entry:
    """Let the judge refuse a batch, and give its verdict."""
    house.judge(house.put(data, key, bucket=bucket))
    return next(one for one in house.entries("batches") if one.body.get("key") == key)


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baseline is in force."""
    house.with_baseline()
    return house


def copies(house: House) -> list[dict[str, Any]]:
    """List every version in the quarantine."""
    found: list[dict[str, Any]] = house.s3.list_object_versions(Bucket=QUARANTINE).get("Versions", [])
    return found


def tags(house: House, verdict: Entry) -> dict[str, str]:
    """Read the tags of the original."""
    place = {"Bucket": verdict.body["bucket"], "Key": verdict.body["key"]}
    if verdict.body["version_id"] != "null":
        place["VersionId"] = verdict.body["version_id"]
    return {tag["Key"]: tag["Value"] for tag in house.s3.get_object_tagging(**place)["TagSet"]}


def test_a_refused_batch_is_copied_aside_and_marked(ready: House) -> None:
    verdict = refused(ready)
    assert ready.isolate(verdict) == []
    (copy,) = copies(ready)
    assert ready.s3.get_object(Bucket=QUARANTINE, Key=copy["Key"])["Body"].read() == BAD
    assert copy["Key"].startswith(f"{MODEL}/{BUCKET}/{verdict.body['version_id']}/")
    assert tags(ready, verdict) == {"holdfast": "quarantined", "holdfast-decision": verdict.decision_id}
    outcome = ready.entries("batches")[-1]
    assert (outcome.kind, outcome.outcome, outcome.stream) == ("Batch Quarantined", "copied", verdict.stream)
    assert outcome.body["copied_to"]["version_id"] == copy["VersionId"]
    assert (outcome.cause, outcome.correlation_id) == (verdict.decision_id, verdict.correlation_id)


def test_nothing_is_deleted(ready: House) -> None:
    verdict = refused(ready)
    with watching() as calls:
        ready.isolate(verdict)
    assert not [name for name in calls.names() if "Delete" in name]
    assert ready.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == BAD


def test_the_version_that_was_judged_is_copied_although_a_later_one_lies_over_it(ready: House) -> None:
    verdict = refused(ready)
    ready.put(parquet(seed=2))
    ready.isolate(verdict)
    (copy,) = copies(ready)
    assert ready.s3.get_object(Bucket=QUARANTINE, Key=copy["Key"])["Body"].read() == BAD
    assert tags(ready, verdict)["holdfast"] == "quarantined"
    assert ready.s3.get_object_tagging(Bucket=BUCKET, Key=KEY)["TagSet"] == [], "the later one is not marked"


def test_the_owners_tags_stay(ready: House) -> None:
    verdict = refused(ready)
    own = [{"Key": "team", "Value": "mobility"}, {"Key": "holdfast", "Value": "their own word"}]
    ready.s3.put_object_tagging(Bucket=BUCKET, Key=KEY, Tagging={"TagSet": own})
    ready.isolate(verdict)
    assert tags(ready, verdict) == {
        "team": "mobility",
        "holdfast": "quarantined",
        "holdfast-decision": verdict.decision_id,
    }


def test_a_full_set_of_tags_is_left_as_it_is_and_said(ready: House) -> None:
    verdict = refused(ready)
    own = {f"tag-{number}": "x" for number in range(10)}
    tagging = {"TagSet": [{"Key": key, "Value": value} for key, value in own.items()]}
    ready.s3.put_object_tagging(Bucket=BUCKET, Key=KEY, Tagging=tagging)
    assert ready.isolate(verdict) == []
    assert tags(ready, verdict) == own
    outcome = ready.entries("batches")[-1]
    assert not outcome.body["tagged"]
    assert "no room for the tag" in outcome.reason
    assert len(copies(ready)) == 1


def test_told_again_nothing_is_done_again(ready: House) -> None:
    verdict = refused(ready)
    ready.isolate(verdict, verdict)
    with watching() as calls:
        assert ready.isolate(verdict) == []
    assert set(calls.names()) == {"GetItem"}
    assert len(copies(ready)) == 1
    assert ready.outcomes() == ["quarantined", "copied"]


def test_only_a_refusal_on_record_is_carried_out(ready: House) -> None:
    ready.judge(ready.put(parquet(seed=2)))
    (clean,) = ready.entries("batches")
    assert ready.isolate(clean) == ["message-0"]
    forged = announced(clean)
    forged["detail"] |= {"decision_id": "f" * 64, "outcome": "quarantined"}
    assert failed(quarantine_actor.lambda_handler(ready.queued(forged), Context())) == ["message-0"]
    assert copies(ready) == []


def test_what_is_gone_is_recorded_as_gone(ready: House) -> None:
    verdict = refused(ready)
    ready.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=verdict.body["version_id"])
    assert ready.isolate(verdict) == []
    outcome = ready.entries("batches")[-1]
    assert (outcome.outcome, outcome.body["copied_to"]) == ("gone", None)
    assert copies(ready) == []


def test_without_versions_content_that_was_overwritten_is_neither_copied_nor_marked(ready: House) -> None:
    verdict = refused(ready, bucket=UNVERSIONED)
    ready.put(parquet(seed=2), bucket=UNVERSIONED)
    ready.isolate(verdict)
    assert ready.entries("batches")[-1].outcome == "gone"
    assert tags(ready, verdict) == {}
    assert copies(ready) == []


def test_without_versions_what_is_there_is_copied_and_marked(ready: House) -> None:
    verdict = refused(ready, bucket=UNVERSIONED)
    ready.isolate(verdict)
    assert ready.entries("batches")[-1].outcome == "copied"
    assert tags(ready, verdict)["holdfast"] == "quarantined"
    assert "/null-" in copies(ready)[0]["Key"]


def test_a_quarantine_that_is_missing_is_the_operators_matter_and_no_outcome(ready: House) -> None:
    verdict = refused(ready)
    ready.s3.delete_bucket(Bucket=QUARANTINE)
    assert ready.isolate(verdict) == ["message-0"]
    assert ready.outcomes() == ["quarantined"]


@pytest.mark.parametrize("operation", ["head_object", "copy_object", "put_object_tagging"])
def test_denied_comes_again_and_is_no_outcome(ready: House, operation: str) -> None:
    verdict = refused(ready)
    fail = {"HeadObject": "head_object", "CopyObject": "copy_object", "PutObjectTagging": "put_object_tagging"}

    def deny(model: Any, **_: Any) -> None:
        if fail.get(model.name) == operation:
            raise ClientError(
                {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}, model.name
            )

    ready.s3.meta.events.register("before-call.s3", deny)
    assert ready.isolate(verdict) == ["message-0"]
    ready.s3.meta.events.unregister("before-call.s3", deny)
    assert ready.outcomes() == ["quarantined"]
    assert ready.isolate(verdict) == []
    assert len(copies(ready)) == 1


def test_a_copy_that_another_is_making_is_waited_for_and_not_called_gone(ready: House) -> None:
    verdict = refused(ready)

    def conflict(**_: Any) -> None:
        raise ClientError(
            {"Error": {"Code": "ConditionalRequestConflict"}, "ResponseMetadata": {"HTTPStatusCode": 409}}, "CopyObject"
        )

    ready.s3.meta.events.register("before-call.s3.CopyObject", conflict)
    assert ready.isolate(verdict) == ["message-0"]
    ready.s3.meta.events.unregister("before-call.s3.CopyObject", conflict)
    assert ready.outcomes() == ["quarantined"]
    assert ready.isolate(verdict) == []
    assert ready.outcomes() == ["quarantined", "copied"]


def test_the_owners_are_named_in_every_call_on_a_bucket(ready: House) -> None:
    verdict = refused(ready)
    with watching() as calls:
        ready.isolate(verdict)
    on_buckets = [(name, parameters) for name, parameters in calls.made if "Bucket" in parameters]
    assert {name for name, _ in on_buckets} == {"HeadObject", "CopyObject", "GetObjectTagging", "PutObjectTagging"}
    assert all(parameters["ExpectedBucketOwner"] == ACCOUNT for _, parameters in on_buckets)
    (copy,) = [parameters for name, parameters in on_buckets if name == "CopyObject"]
    assert copy["ExpectedSourceBucketOwner"] == ACCOUNT
    assert copy["CopySource"]["VersionId"] == verdict.body["version_id"]
    assert copy["CopySourceIfMatch"] == f'"{verdict.body["etag"]}"'


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ten bytes be large, and let moto take parts of that size."""
    monkeypatch.setattr("holdfast.batches.quarantine_adapter.MOST_IN_ONE_COPY", 10)
    monkeypatch.setattr(quarantine, "PART", 10)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)


LARGE = b"this is no parquet, and too long"


def test_a_large_batch_is_copied_part_by_part(ready: House, small: None) -> None:
    verdict = refused(ready, data=LARGE)
    with watching() as calls:
        assert ready.isolate(verdict) == []
    ranges = [parameters["CopySourceRange"] for name, parameters in calls.made if name == "UploadPartCopy"]
    assert ranges == ["bytes=0-9", "bytes=10-19", "bytes=20-29", "bytes=30-31"]
    assert all(
        parameters["ExpectedSourceBucketOwner"] == ACCOUNT
        and parameters["CopySource"]["VersionId"] == verdict.body["version_id"]
        for name, parameters in calls.made
        if name == "UploadPartCopy"
    )
    (copy,) = copies(ready)
    assert ready.s3.get_object(Bucket=QUARANTINE, Key=copy["Key"])["Body"].read() == LARGE


def test_a_large_copy_that_fails_is_aborted_and_comes_again(ready: House, small: None) -> None:
    verdict = refused(ready, data=LARGE)
    seen: list[str] = []

    def break_second_part(params: dict[str, Any], **_: Any) -> None:
        seen.append("part")
        if len(seen) == 2:
            raise ClientError(
                {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "UploadPartCopy"
            )

    ready.s3.meta.events.register("provide-client-params.s3.UploadPartCopy", break_second_part)
    assert ready.isolate(verdict) == ["message-0"]
    assert ready.s3.list_multipart_uploads(Bucket=QUARANTINE).get("Uploads", []) == []
    ready.s3.meta.events.unregister("provide-client-params.s3.UploadPartCopy", break_second_part)
    assert ready.isolate(verdict) == []
    assert len(copies(ready)) == 1


@pytest.mark.parametrize("large", [False, True], ids=["one call", "in parts"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_there_is_one_copy_and_one_outcome(
    ready: House, moment: Moment, large: bool, request: pytest.FixtureRequest
) -> None:
    if large:
        request.getfixturevalue("small")
    data = LARGE if large else BAD
    first = refused(ready, f"{PREFIX}probe.parquet", data=data)
    calls = count_calls(lambda: ready.isolate(first))
    assert calls >= 8
    for at in range(calls):
        key = f"{PREFIX}{at}.parquet"
        verdict = refused(ready, key, data=data)
        forget()
        kill_once(lambda verdict=verdict: ready.isolate(verdict), at=at, moment=moment)  # type: ignore[misc]
        forget()
        assert ready.isolate(verdict) == []
        outcomes = [one for one in ready.entries("batches") if one.cause == verdict.decision_id]
        assert [one.outcome for one in outcomes] == ["copied"]
        mine = [
            one
            for one in copies(ready)
            if one["Key"] == quarantine.copy_key(MODEL, quarantine.order_of(verdict).source)
        ]
        assert len(mine) == 1, f"at call {at}"
        assert tags(ready, verdict)["holdfast"] == "quarantined"
