"""A batch of several objects: closed by a marker, or listed in a manifest file; judged whole or not at all."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import REGION
from tests.integration.batches.conftest import (
    BUCKET,
    QUARANTINE,
    REFERENCE,
    UNVERSIONED,
    House,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching

FOLDERS, LISTS, LOOSE = "folders", "lists", "loose"
BELOW = {FOLDERS: "folders/batches/", LISTS: "lists/batches/", LOOSE: "loose/batches/"}
DAY = f"{BELOW[FOLDERS]}2026-03-02/"
EVENING = f"{BELOW[LISTS]}2026-03-02/"
WHOLE = 2000


@pytest.fixture
def governed() -> dict[str, Any]:
    """Govern a model of folders, one of lists, and one of folders in a bucket without versions."""
    closed = {FOLDERS: "success", LISTS: "manifest", LOOSE: "success"}
    return {
        "buckets": [{"name": name, "region": REGION} for name in (BUCKET, UNVERSIONED)],
        "models": {
            name: {
                "owner": "team",
                "batches": {"bucket": UNVERSIONED if name == LOOSE else BUCKET, "prefix": below,
                            "closed_by": closed[name]},
                "reference": REFERENCE,
                "schema": {"critical": ["hum"]},
            }
            for name, below in BELOW.items()
        },
    }  # fmt: skip


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baselines are in force."""
    house.with_baseline()
    return house


def folder(house: House, *parts: bytes, day: str = DAY, bucket: str = BUCKET) -> dict[str, Any]:
    """Write a folder's parts and close it; give the event of its marker."""
    for number, data in enumerate(parts):
        house.s3.put_object(Bucket=bucket, Key=f"{day}part-{number}.parquet", Body=data)
    return house.put(b"", f"{day}_SUCCESS", bucket=bucket)


def listed(house: House, said: object, *, name: str = "batch.manifest") -> dict[str, Any]:
    """Write a manifest file and give its event."""
    return house.put(json.dumps(said).encode(), f"{EVENING}{name}")


def entries_of(*keys: str, bucket: str = BUCKET) -> dict[str, Any]:
    """List objects as a warehouse that unloads does."""
    return {"entries": [{"url": f"s3://{bucket}/{key}", "mandatory": True} for key in keys]}


def halves(*, shift: float = 0.0) -> tuple[bytes, bytes]:
    """Split a batch in two."""
    return parquet(rows=WHOLE // 2, seed=2, shift=shift), parquet(rows=WHOLE // 2, seed=3, shift=shift)


def test_a_folder_is_one_batch_when_its_marker_arrives_and_none_before(ready: House) -> None:
    first, second = halves()
    alone = [ready.put(data, f"{DAY}part-{number}.parquet") for number, data in enumerate((first, second))]
    assert ready.judge(*alone) == []
    assert ready.outcomes() == [], "a part is no batch"
    event = folder(ready, first, second)
    assert ready.judge(event) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.subject, entry.body["n"]) == ("none", FOLDERS, WHOLE)
    assert entry.body["key"] == f"{DAY}_SUCCESS"
    parts = entry.body["parts"]
    assert [part["key"] for part in parts] == [f"{DAY}part-0.parquet", f"{DAY}part-1.parquet"]
    newest = {one["Key"]: one for one in ready.s3.list_object_versions(Bucket=BUCKET, Prefix=DAY)["Versions"]
              if one["IsLatest"]}  # fmt: skip
    assert [part["version_id"] for part in parts] == [newest[part["key"]]["VersionId"] for part in parts]
    assert [part["etag"] for part in parts] == [newest[part["key"]]["ETag"].strip('"') for part in parts]


@pytest.mark.parametrize("tail", ["_temporary/0/part-9.parquet", ".part-9.parquet.crc", "_metadata", "a/_b/x.parquet",
                                  "quarantine/x.parquet"])  # fmt: skip
def test_what_is_hidden_in_a_folder_is_no_part(ready: House, tail: str) -> None:
    ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}{tail}", Body=b"never read")
    ready.judge(folder(ready, *halves()))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, len(entry.body["parts"])) == ("none", 2)


def test_partitions_below_a_folder_are_its_parts(ready: House) -> None:
    for name, data in zip(("hour=00/a.parquet", "hour=01/a.parquet"), halves(), strict=True):
        ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}{name}", Body=data)
    ready.judge(ready.put(b"", f"{DAY}_SUCCESS"))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["n"]) == ("none", WHOLE)


def test_parts_are_found_and_set_aside_whatever_their_keys(ready: House) -> None:
    names = ("a+b %2B&=?#.parquet", "\u00fc\u4f8b\n.parquet", "x" * (1000 - len(DAY)) + ".parquet")
    for name, data in zip(names, (*halves(), parquet(rows=WHOLE, seed=4, without=("hum",))), strict=True):
        ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}{name}", Body=data)
    ready.judge(ready.put(b"", f"{DAY}_SUCCESS"))
    (entry,) = ready.entries("batches")
    assert sorted(part["key"] for part in entry.body["parts"]) == sorted(f"{DAY}{name}" for name in names)
    assert entry.outcome == "quarantined"
    assert ready.isolate(entry) == []
    (done,) = [one for one in ready.entries("batches") if one.kind == "Batch Quarantined"]
    assert (done.body["parts_copied"], done.body["tagged"]) == (3, True)


def test_a_part_that_was_deleted_before_the_marker_came_is_no_part(ready: House) -> None:
    ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}part-7.parquet", Body=parquet(shift=9))
    ready.s3.delete_object(Bucket=BUCKET, Key=f"{DAY}part-7.parquet")
    ready.judge(folder(ready, *halves()))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, len(entry.body["parts"])) == ("none", 2)


@pytest.mark.parametrize(
    ("parts", "level"),
    [
        (halves(shift=1.0), "drift"),
        ((parquet(rows=1000, seed=2), parquet(rows=1000, seed=3)[:-60]), "quarantined"),
        ((parquet(rows=1000, seed=2), b""), "quarantined"),
        ((parquet(rows=1000, seed=2), parquet(rows=1000, seed=3, without=("hum",))), "quarantined"),
        ((parquet(rows=20, seed=2), parquet(rows=20, seed=3)), "not_enough_data"),
        ((), "quarantined"),
    ],
    ids=["drifted", "one is truncated", "one is empty", "one lacks a column", "few rows", "no part"],
)
def test_each_folder_gets_one_verdict(ready: House, parts: tuple[bytes, ...], level: str) -> None:
    assert ready.judge(folder(ready, *parts)) == []
    assert ready.outcomes() == [level]


def test_a_folder_that_holds_what_is_no_table_is_not_judged_by_the_rest(ready: House) -> None:
    ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}part-2.orc", Body=b"ORC")
    ready.judge(folder(ready, *halves()))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "support")
    assert "part-2.orc" in entry.reason


def test_more_parts_than_an_entry_can_name_are_unknown(ready: House) -> None:
    for number in range(201):
        ready.s3.put_object(Bucket=BUCKET, Key=f"{DAY}{number}.parquet", Body=b"x")
    ready.judge(ready.put(b"", f"{DAY}_SUCCESS"))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "support")
    assert "201 parts" in entry.reason


def test_a_marker_written_anew_is_a_new_batch(ready: House) -> None:
    ready.judge(folder(ready, *halves()))
    event = folder(ready, *halves(shift=1.0))
    assert ready.judge(event, event) == []
    assert sorted(ready.outcomes()) == ["drift", "none"]
    assert len({entry.stream for entry in ready.entries("batches")}) == 2


def test_a_marker_that_was_written_anew_or_taken_away_closes_nothing_any_more(ready: House) -> None:
    first = folder(ready, *halves())
    second = folder(ready, *halves(shift=1.0))
    assert ready.judge(first) == []
    assert ready.outcomes() == [], "the folder is not what the first one closed: its data would count twice"
    ready.s3.delete_object(Bucket=BUCKET, Key=f"{DAY}_SUCCESS")
    assert ready.judge(second) == []
    assert ready.outcomes() == [], "the folder is being written again"


def test_without_versions_a_marker_written_anew_is_told_by_its_time(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = f"{BELOW[LOOSE]}today/"
    first = folder(ready, *halves(), day=day, bucket=UNVERSIONED)
    assert ready.judge(first, first) == []
    moved = ready.s3.meta.events

    def later(parsed: dict[str, Any], **_: Any) -> None:
        if parsed.get("ContentLength") == 0 and "LastModified" in parsed:
            parsed["LastModified"] = parsed["LastModified"].replace(year=2030)

    moved.register("after-call.s3.GetObject", later)
    assert ready.judge(folder(ready, *halves(shift=1.0), day=day, bucket=UNVERSIONED)) == []
    moved.unregister("after-call.s3.GetObject", later)
    assert ready.outcomes() == ["none", "drift"]
    assert {entry.stream for entry in ready.entries("batches")} == {f"batches#{LOOSE}/{UNVERSIONED}/{day}_SUCCESS@null"}


@pytest.mark.parametrize("door", ["entries", "prefix", "names"])
def test_a_manifest_file_lists_a_batch(ready: House, door: str) -> None:
    names = [f"{EVENING}{number}.parquet" for number in range(2)]
    versions = [ready.s3.put_object(Bucket=BUCKET, Key=key, Body=data)["VersionId"]
                for key, data in zip(names, halves(), strict=True)]  # fmt: skip
    said: dict[str, object] = {
        "entries": entries_of(*names),
        "prefix": [{"prefix": f"s3://{BUCKET}/{EVENING}"}, "0.parquet", "1.parquet"],
        "names": ["0.parquet", "1.parquet"],
    }
    assert ready.judge(listed(ready, said[door], name="x.manifest" if door == "entries" else "manifest.json")) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.subject, entry.body["n"]) == ("none", LISTS, WHOLE), entry.reason
    assert [part["version_id"] for part in entry.body["parts"]] == versions


@pytest.mark.parametrize(
    "said",
    [
        entries_of("elsewhere/a.parquet", bucket="ml-foreign"),
        entries_of("lists/reference.parquet"),
        entries_of(f"{BELOW[LISTS]}../../secret.parquet"),
        {"entries": [{"url": "http://169.254.169.254/latest/meta-data"}]},
        {"entries": []},
        "no manifest",
    ],
    ids=["another bucket", "above the prefix", "a way up", "another scheme", "nothing", "another shape"],
)
def test_a_manifest_file_that_leads_elsewhere_is_refused_and_followed_nowhere(ready: House, said: object) -> None:
    event = listed(ready, said)
    with watching() as calls:
        ready.judge(event)
    assert ready.outcomes() == ["quarantined"]
    asked = {(parameters.get("Bucket"), parameters.get("Key")) for name, parameters in calls.made
             if name in ("GetObject", "HeadObject")}  # fmt: skip
    assert asked == {(BUCKET, f"{EVENING}batch.manifest")}, "nothing that it names was asked for"


def test_a_part_that_is_not_there_leaves_the_batch_unknown_until_it_is(ready: House) -> None:
    first, second = halves()
    keys = [f"{EVENING}{number}.parquet" for number in range(2)]
    ready.s3.put_object(Bucket=BUCKET, Key=keys[0], Body=first)
    event = listed(ready, entries_of(*keys))
    assert ready.judge(event, event) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "parts")
    assert "1.parquet is not there" in entry.reason
    ready.s3.put_object(Bucket=BUCKET, Key=keys[1], Body=second)
    assert ready.judge(event) == []
    assert ready.outcomes() == ["unknown", "none"]


def refuse(house: House, code: str, status: int, *, key: str, operation: str = "GetObject") -> Any:
    """Let S3 refuse one object, and give what ends that."""

    def raised(model: Any, params: dict[str, Any], **_: Any) -> None:
        if model.name == operation and key in params["url_path"] + str(params.get("query_string")):
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, model.name)

    house.s3.meta.events.register("before-call.s3", raised)
    return lambda: house.s3.meta.events.unregister("before-call.s3", raised)


@pytest.mark.parametrize(
    ("code", "status", "waits_for"),
    [("AccessDenied", 403, "permission"), ("NoSuchVersion", 404, "parts"), ("PreconditionFailed", 412, "parts"),
     ("KMS.DisabledException", 400, "permission")],
)  # fmt: skip
def test_one_part_that_cannot_be_read_is_never_a_pass(ready: House, code: str, status: int, waits_for: str) -> None:
    event = folder(ready, *halves())
    end = refuse(ready, code, status, key="part-1.parquet")
    assert ready.judge(event) == []
    end()
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", waits_for)
    assert ready.judge(event) == []
    assert ready.outcomes() == ["unknown", "none"]


def test_one_part_that_is_throttled_comes_again(ready: House) -> None:
    event = folder(ready, *halves())
    end = refuse(ready, "SlowDown", 503, key="part-1.parquet")
    assert ready.judge(event) == ["message-0"]
    end()
    assert ready.outcomes() == []
    assert ready.judge(event) == []
    assert ready.outcomes() == ["none"]


def test_a_folder_that_may_not_be_listed_is_the_operators_matter(ready: House) -> None:
    event = folder(ready, *halves())
    end = refuse(ready, "AccessDenied", 403, key="versions", operation="ListObjectVersions")
    assert ready.judge(event) == []
    end()
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "permission")


def test_parts_too_large_for_memory_are_kept_on_disk_and_left_nowhere(
    ready: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("holdfast.batches.gathering.MOST_IN_MEMORY", 10)
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    assert ready.judge(folder(ready, *halves(shift=1.0))) == []
    assert ready.outcomes() == ["drift"]
    assert list(disk.iterdir()) == []


def test_a_refused_folder_is_set_aside_whole(ready: House) -> None:
    good, bad = parquet(rows=1000, seed=2), parquet(rows=1000, seed=3)[:-60]
    ready.judge(folder(ready, good, bad))
    (verdict,) = ready.entries("batches")
    assert ready.isolate(verdict) == []
    copies = ready.s3.list_objects_v2(Bucket=QUARANTINE)["Contents"]
    kept = {ready.s3.get_object(Bucket=QUARANTINE, Key=one["Key"])["Body"].read() for one in copies}
    assert kept == {b"", good, bad}, "the marker and every part, the sound one too"
    outcome = ready.entries("batches")[-1]
    assert (outcome.outcome, outcome.body["parts_copied"], outcome.body["tagged"]) == ("copied", 2, True)
    for part in (*verdict.body["parts"], verdict.body):
        place = {"Bucket": BUCKET, "Key": part["key"], "VersionId": part["version_id"]}
        tags = {tag["Key"]: tag["Value"] for tag in ready.s3.get_object_tagging(**place)["TagSet"]}
        assert tags["holdfast"] == "quarantined"


def test_the_sweep_finds_a_marker_and_a_list_that_were_not_told_of_and_no_part(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(ready, *halves())
    ready.s3.put_object(Bucket=BUCKET, Key=f"{EVENING}0.parquet", Body=parquet(seed=2))
    listed(ready, ["0.parquet"])
    monkeypatch.setattr("holdfast.batches.sweep.GRACE", timedelta(days=-1))
    assert ready.sweep() == []
    found = ready.waiting()
    assert sorted(one["detail"]["object"]["key"] for one in found) == [f"{DAY}_SUCCESS", f"{EVENING}batch.manifest"]
    assert ready.judge(*found) == []
    assert ready.outcomes() == ["none", "none"]
    ready.sweep()
    assert ready.waiting() == []


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", ["folder", "list"])
def test_killed_at_any_call_and_told_again_there_is_one_verdict(house: House, moment: Moment, kind: str) -> None:
    def again() -> None:
        house.forget_all()
        house.with_baseline()
        forget()

    first, second = halves()
    event = folder(house, first, second)
    if kind == "list":
        for number, data in enumerate((first, second)):
            house.s3.put_object(Bucket=BUCKET, Key=f"{EVENING}{number}.parquet", Body=data)
        event = listed(house, ["0.parquet", "1.parquet"])
    again()
    calls = count_calls(lambda: house.judge(event))
    assert calls >= 9, "state, marker, list, parts, baseline, contract, bucket and verdict"
    for at in range(calls):
        again()
        kill_once(lambda: house.judge(event), at=at, moment=moment)
        forget()
        assert house.judge(event) == []
        assert house.outcomes() == ["none"], f"killed at call {at}"
