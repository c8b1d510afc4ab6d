"""The judge, from the message to the entry."""

import copy
import gzip
import io
import json
from typing import Any
from urllib.parse import quote_plus

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.stub import Stubber
from pyarrow import csv

from holdfast.batches import formats, judge
from holdfast.batches.contract import TABULAR
from holdfast.batches.reading.format import Format
from holdfast.compliance.contract import Severity, Verdict
from holdfast.ledger.logic import verify
from holdfast.shared.catalogue import discover
from tests.conftest import ACCOUNT, NOON, REGION, Context
from tests.integration.batches.conftest import (
    BUCKET,
    MODEL,
    PLAIN,
    PREFIX,
    STATE,
    UNVERSIONED,
    House,
    failed,
    forget,
    parquet,
)
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once, watching
from tests.standing import stands

KEY = f"{PREFIX}a.parquet"


@pytest.fixture
def ready(house: House) -> House:
    """Give a house whose baseline is in force."""
    house.with_baseline()
    return house


def notified(event: dict[str, Any]) -> dict[str, Any]:
    """Tell of the same object as an S3 notification does."""
    found = event["detail"]["object"]
    told = {"key": quote_plus(found["key"], safe="/"), "size": found["size"], "eTag": found["etag"]}
    if "version-id" in found:
        told["versionId"] = found["version-id"]
    record = {"eventName": "ObjectCreated:Put", "awsRegion": REGION, "eventTime": "2026-03-02T12:00:00.000Z"}
    return {"Records": [{**record, "s3": {"bucket": {"name": event["detail"]["bucket"]["name"]}, "object": told}}]}


def many_columns(*, shift: float) -> bytes:
    """Write a batch of a hundred columns with long names."""
    file = io.BytesIO()
    columns = {f"column {number} {'x' * 300}": [shift + row for row in range(200)] for number in range(100)}
    columns["hum"] = [float(row) for row in range(200)]
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (parquet(seed=2), "none"),
        (parquet(seed=3, shift=1.0), "drift"),
        (parquet(seed=4, rows=20), "not_enough_data"),
        (parquet(seed=5, without=("hum",)), "quarantined"),
        (parquet(seed=6)[:-100], "quarantined"),
        (b"PAR1 this is no parquet PAR1", "quarantined"),
        (b"x", "quarantined"),
    ],
    ids=["clean", "drifted", "few rows", "critical column gone", "truncated", "garbage", "one byte"],
)
def test_each_batch_gets_its_verdict(ready: House, data: bytes, level: str) -> None:
    assert ready.judge(ready.put(data)) == []
    (entry,) = ready.entries("batches")
    assert (entry.kind, entry.subject, entry.outcome) == ("Batch Judged", MODEL, level)
    assert entry.body["object_time"]
    activated = [one for one in ready.entries("baselines") if one.kind == "Baseline Activated"]
    assert entry.body["baseline"] == activated[0].body["sha256"]
    assert entry.body["waits_for"] is None


@pytest.mark.parametrize(
    ("verdict", "severity", "held"),
    [
        ("fail", "critical", ["public_read"]),
        ("fail", "high", []),
        ("waived", "critical", []),
        ("unknown", "critical", []),
        ("pass", "critical", []),
    ],
)
def test_a_batch_in_a_bucket_that_fails_a_critical_control_is_judged_and_held(
    ready: House, verdict: Verdict, severity: Severity, held: list[str]
) -> None:
    stands(ready.ledger, BUCKET, verdict, now=NOON, severity=severity)
    assert ready.judge(ready.put(parquet(seed=2), KEY)) == []
    [entry] = ready.entries("batches")
    assert (entry.outcome, entry.body["held_by"]) == ("none", held)
    assert entry.reason.endswith("; held: bucket ml-data fails public_read (critical)") is bool(held)


def test_the_entry_names_the_version_it_read_and_what_it_measured(ready: House) -> None:
    event = ready.put(parquet(seed=3, shift=1.0))
    ready.judge(event)
    (entry,) = ready.entries("batches")
    version = event["detail"]["object"]["version-id"]
    assert entry.stream == f"batches#{MODEL}/{BUCKET}/{KEY}@{version}"
    assert (entry.body["bucket"], entry.body["key"], entry.body["version_id"]) == (BUCKET, KEY, version)
    assert entry.body["n"] == 2000
    assert (entry.body["columns"][0]["name"], entry.body["columns"][0]["level"]) == ("temp", "drift")
    assert (entry.cause, entry.correlation_id) == (event["id"], event["id"])


@pytest.mark.parametrize(
    "key", ["a b+c.parquet", "a%2Bb.parquet", "dt=2026-03-02/ü@.parquet", "$(rm -rf ~).parquet", "a'\"\n.parquet"]
)
def test_both_doors_find_the_object_whatever_its_key(ready: House, key: str) -> None:
    by_bus = ready.put(parquet(seed=2), f"{PREFIX}{key}")
    by_queue = notified(ready.put(parquet(seed=3, shift=1.0), f"{PREFIX}{key}"))
    assert ready.judge(by_bus, by_queue) == []
    assert sorted(ready.outcomes()) == ["drift", "none"]
    assert {entry.body["key"] for entry in ready.entries("batches")} == {f"{PREFIX}{key}"}


def test_one_change_told_thrice_is_one_entry(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    assert ready.judge(event, {**event, "id": "another-id"}, notified(event)) == []
    assert ready.judge(event) == []
    assert ready.outcomes() == ["none"]


def test_a_notification_of_several_objects_judges_each(ready: House) -> None:
    first, second = (notified(ready.put(parquet(seed=seed), f"{PREFIX}{seed}.parquet")) for seed in (2, 3))
    assert ready.judge({"Records": first["Records"] + second["Records"]}) == []
    assert ready.outcomes() == ["none", "none"]


def test_s3s_test_event_is_acknowledged(ready: House) -> None:
    test = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET, "RequestId": "x", "HostId": "y"}
    assert ready.judge(test) == []
    assert ready.outcomes() == []


def test_a_broken_message_comes_again_and_keeps_no_other_from_judgement(ready: House) -> None:
    good = ready.put(parquet(seed=2))
    broken = json.loads(json.dumps(good))
    del broken["detail"]["object"]
    assert ready.judge(broken, good) == ["message-0"]
    assert ready.outcomes() == ["none"]


def test_without_baseline_one_is_asked_for_once_and_the_verdict_is_unknown(house: House) -> None:
    events = [house.put(parquet(seed=seed), f"{PREFIX}{seed}.parquet") for seed in (2, 3)]
    assert house.judge(*events) == []
    assert house.judge(*events) == []
    assert house.outcomes() == ["unknown", "unknown"]
    assert [entry.kind for entry in house.entries("baselines")] == ["Baseline Requested"]
    assert {entry.reason for entry in house.entries("batches")} == {"no baseline yet"}


def test_what_was_unknown_for_want_of_a_baseline_is_judged_once_there_is_one(house: House) -> None:
    event = house.put(parquet(seed=2))
    house.judge(event)
    house.build(*house.entries("baselines"))
    house.judge(event)
    house.judge(event)
    assert house.outcomes() == ["unknown", "none"]
    first, second = house.entries("batches")
    assert first.decision_id != second.decision_id
    verify([first, second])


def test_the_owner_is_named_in_every_call_on_a_bucket(ready: House) -> None:
    """moto answers 200 to a wrong owner, so what is asserted is that S3 was told whom to expect."""
    forget()
    with watching() as calls:
        ready.judge(ready.put(parquet(seed=2)))
    asked = [parameters for name, parameters in calls.made if name == "GetObject"]
    assert len(asked) == 2, "the batch and the baseline"
    assert all(parameters["ExpectedBucketOwner"] == ACCOUNT for parameters in asked)


def test_an_event_that_leaves_the_version_out_makes_no_second_verdict_on_it(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    unsaid = copy.deepcopy(event)
    del unsaid["detail"]["object"]["version-id"]
    ready.judge(unsaid, event, unsaid)
    (entry,) = ready.entries("batches")
    assert entry.stream.endswith(f"@{event['detail']['object']['version-id']}")


def test_an_event_of_another_account_is_passed_over(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    with watching() as calls:
        assert ready.judge({**event, "account": "999999999999"}) == []
    assert calls.made == []
    assert ready.outcomes() == []


def test_a_version_is_judged_although_a_later_one_lies_over_it(ready: House) -> None:
    first = ready.put(parquet(seed=3, shift=1.0))
    ready.put(parquet(seed=2))
    ready.judge(first)
    assert ready.outcomes() == ["drift"]


def test_what_is_gone_is_passed_over(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    ready.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=event["detail"]["object"]["version-id"])
    assert ready.judge(event) == []
    assert ready.outcomes() == []


def test_without_versions_only_the_content_that_was_told_of_is_judged(house: House) -> None:
    house.with_baseline()
    old = house.put(parquet(seed=2), bucket=UNVERSIONED)
    new = house.put(parquet(seed=3, shift=1.0), bucket=UNVERSIONED)
    assert house.judge(old) == []
    assert house.outcomes() == [], "overwritten before it was read"
    assert house.judge(new, new) == []
    (entry,) = house.entries("batches")
    assert (entry.outcome, entry.subject) == ("drift", PLAIN)
    assert entry.stream.endswith("@null")


def test_without_versions_other_content_under_the_same_key_is_another_batch(house: House) -> None:
    house.with_baseline()
    for seed, shift in ((2, 0.0), (3, 1.0)):
        house.judge(house.put(parquet(seed=seed, shift=shift), bucket=UNVERSIONED))
    assert house.outcomes() == ["none", "drift"]


def test_denied_is_unknown_with_the_permission_named_and_judged_once_granted(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    with Stubber(ready.s3) as stub:
        for _ in range(2):
            stub.add_client_error("get_object", "AccessDenied", http_status_code=403)
        assert ready.judge(event) == []
        assert ready.judge(event) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "permission")
    assert f"s3:GetObjectVersion on arn:aws:s3:::{BUCKET}/{KEY} is missing" in entry.reason
    ready.judge(event)
    assert ready.outcomes() == ["unknown", "none"]


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("AccessDenied", "not authorized to perform: kms:Decrypt on resource", "kms:Decrypt on"),
        ("KMS.DisabledException", "key is disabled", "the key that encrypts"),
        ("InvalidObjectState", "archived", "is archived"),
        ("InvalidRequest", "stored using a form of Server Side Encryption", "what its writer encrypted it with"),
    ],
)
def test_what_cannot_be_read_says_what_the_operator_must_do(ready: House, code: str, message: str, said: str) -> None:
    event = ready.put(parquet(seed=2))
    with Stubber(ready.s3) as stub:
        stub.add_client_error("get_object", code, message, http_status_code=403)
        ready.judge(event)
    (entry,) = ready.entries("batches")
    assert entry.outcome == "unknown"
    assert said in entry.reason


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_throttled_is_tried_again_and_no_verdict(ready: House, code: str) -> None:
    event = ready.put(parquet(seed=2))
    with Stubber(ready.s3) as stub:
        for _ in range(8):
            stub.add_client_error("get_object", code, http_status_code=503)
        assert ready.judge(event) == ["message-0"]
    assert ready.outcomes() == []
    assert ready.judge(event) == []
    assert ready.outcomes() == ["none"]


@pytest.mark.parametrize("suffix", TABULAR)
@pytest.mark.parametrize(("shift", "level"), [(0.0, "none"), (1.0, "drift")])
def test_a_batch_is_judged_whatever_table_it_is_written_as(ready: House, suffix: str, shift: float, level: str) -> None:
    data = written(parquet(seed=3, shift=shift), suffix)
    ready.judge(ready.put(data, f"{PREFIX}a{suffix}"))
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["n"]) == (level, 2000), entry.reason


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".jsonl"])
def test_a_table_that_is_not_what_its_name_says_is_refused(ready: House, suffix: str) -> None:
    ready.judge(ready.put(b"\x00\xff\xfe not text at all \x00", f"{PREFIX}a{suffix}"))
    assert ready.outcomes() == ["quarantined"]


def test_every_format_that_is_read_is_told_of_and_no_other() -> None:
    suffixes = {suffix for one in discover(formats, Format).values() for suffix in one.suffixes}
    assert suffixes == set(TABULAR)


def test_what_never_answers_is_unknown_at_the_last_attempt_and_asked_again_by_the_sweep(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    with Stubber(ready.s3) as stub:
        stub.add_client_error("get_object", "SlowDown", http_status_code=503)
        assert failed(judge.lambda_handler(ready.queued(event, attempt=5), Context())) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "service")
    assert "SlowDown" in entry.reason
    assert ready.judge(event) == []
    assert ready.outcomes() == ["unknown", "none"]


class Hurried(Context):
    """A function whose time is nearly up."""

    def get_remaining_time_in_millis(self) -> int:
        """Give less than the judge leaves itself."""
        return 5_000


def test_what_takes_longer_than_there_is_time_is_unknown_and_no_crash(ready: House) -> None:
    event = ready.put(parquet(seed=2))
    assert failed(judge.lambda_handler(ready.queued(event), Hurried())) == []
    (entry,) = ready.entries("batches")
    assert (entry.outcome, entry.body["waits_for"]) == ("unknown", "support")


def written(data: bytes, suffix: str) -> bytes:
    """Write a Parquet batch as another table."""
    table = pq.read_table(io.BytesIO(data))
    if suffix == ".parquet":
        return data
    file = io.BytesIO()
    if "json" in suffix:
        file.write("".join(f"{json.dumps(row)}\n" for row in table.to_pylist()).encode())
    else:
        csv.write_csv(table, file)
    return gzip.compress(file.getvalue()) if suffix.endswith(".gz") else file.getvalue()


def test_a_changed_baseline_is_never_judged_against(ready: House) -> None:
    forget()
    (listed,) = ready.s3.list_objects_v2(Bucket=STATE)["Contents"]
    ready.s3.put_object(Bucket=STATE, Key=listed["Key"], Body=b"forged")
    assert ready.judge(ready.put(parquet(seed=3, shift=1.0))) == ["message-0"]
    assert ready.outcomes() == []


def test_the_baseline_is_fetched_once_per_environment(ready: House) -> None:
    with watching() as calls:
        ready.judge(*(ready.put(parquet(seed=seed), f"{PREFIX}{seed}.parquet") for seed in (2, 3, 4)))
    fetched = [parameters for name, parameters in calls.made if name == "GetObject" and parameters["Bucket"] == STATE]
    assert len(fetched) == 1


def test_no_value_of_the_data_is_on_record(ready: House) -> None:
    canary = "canary-9f3b7"
    table = pq.read_table(io.BytesIO(parquet(seed=2)))
    season = pa.array([canary] * table.num_rows)
    file = io.BytesIO()
    pq.write_table(table.set_column(2, "season", season), file)
    ready.judge(ready.put(file.getvalue()))
    (entry,) = ready.entries("batches")
    assert entry.outcome == "drift"
    assert canary not in json.dumps(boto3.client("dynamodb", REGION).scan(TableName="ledger")["Items"])


def test_a_wide_batch_fits_the_ledger(house: House) -> None:
    house.s3.put_object(Bucket=BUCKET, Key="bike/reference.parquet", Body=many_columns(shift=0))
    house.with_baseline()
    assert house.judge(house.put(many_columns(shift=900))) == []
    (entry,) = house.entries("batches")
    assert len(entry.body["columns"]) == 60
    assert entry.body["columns_omitted"] >= 40


def test_every_verdict_is_counted_for_its_model_alone(ready: House, capsys: pytest.CaptureFixture[str]) -> None:
    event = ready.put(parquet(seed=2))
    capsys.readouterr()
    ready.judge(event, event)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    (counted,) = [one for one in metrics if "BatchesJudged" in one]
    (described,) = counted["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("Holdfast", [["model"]])
    assert counted["model"] == MODEL


def test_a_model_whose_reference_changed_in_the_manifest_asks_for_a_new_baseline(
    ready: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = judge.manifest().models
    other = {
        name: model.model_copy(update={"reference": f"s3://{BUCKET}/bike/other.parquet"})
        for name, model in models.items()
    }
    changed = judge.manifest().model_copy(update={"models": other})
    monkeypatch.setattr(judge, "manifest", lambda: changed)
    ready.judge(ready.put(parquet(seed=2)))
    assert ready.outcomes() == ["none"], "the old one stays in force meanwhile"
    assert ready.entries("baselines")[-1].stream == f"baselines#{PLAIN}"
    asked = [entry for entry in ready.entries("baselines") if entry.stream == f"baselines#{MODEL}"]
    assert [entry.kind for entry in asked] == ["Baseline Requested", "Baseline Activated", "Baseline Requested"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("has_baseline", [False, True])
def test_killed_at_any_call_and_told_again_there_is_one_verdict(
    house: House, moment: Moment, has_baseline: bool
) -> None:
    """Without a baseline the calls are for state, object, request and verdict; with one, for its bytes too."""
    event = house.put(parquet(seed=2))

    def again() -> None:
        house.forget_all()
        if has_baseline:
            house.with_baseline()
        forget()

    again()
    calls = count_calls(lambda: house.judge(event))
    assert calls >= 6
    for at in range(calls):
        again()
        kill_once(lambda: house.judge(event), at=at, moment=moment)
        forget()
        assert house.judge(event) == []
        assert house.outcomes() == ["none" if has_baseline else "unknown"], f"killed at call {at}"
        asked = [entry for entry in house.entries("baselines") if entry.kind == "Baseline Requested"]
        assert len([entry for entry in asked if entry.subject == MODEL]) == 1
