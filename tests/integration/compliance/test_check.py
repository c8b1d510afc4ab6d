import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import pytest
from moto import mock_aws

from holdfast.compliance.at_once import WORKERS
from holdfast_console.main import main
from tests.conftest import ACCOUNT, REGION

Run = Callable[..., tuple[int, list[dict[str, Any]]]]
S3 = ("--kind", "s3_bucket")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in-process and give its exit code and findings."""
    monkeypatch.chdir(tmp_path)

    def check(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
        capsys.readouterr()
        code = main(["check", "--json", *arguments])
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return check


def create(name: str, region: str = REGION) -> None:
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    boto3.client("s3", region).create_bucket(Bucket=name, **where)


def verdict(found: list[dict[str, Any]], reference: str, resource: str = "training-data") -> str:
    [one] = [one for one in found if reference in one["references"] and one["resource"] == resource]
    return str(one["verdict"])


@contextmanager
def counted(refused: tuple[str, ...] = ()) -> Iterator[Counter[str]]:
    """Count the calls that reach AWS, and deny some of them."""
    calls: Counter[str] = Counter()
    make = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: Any) -> Any:
        calls[f"{self.meta.service_model.service_name}:{operation}"] += 1
        if operation in refused:
            raise botocore.exceptions.ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, operation)
        return make(self, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        yield calls


def test_a_finding_names_what_the_issue_promises(bucket: Any, run: Run) -> None:
    code, found = run(*S3)
    assert code == 1
    assert {"resource_type", "resource", "control", "references", "verdict", "reason", "severity", "account", "region",
            "kind"} <= found[0].keys()  # fmt: skip
    assert (verdict(found, "FSBP S3.5"), verdict(found, "FSBP S3.8")) == ("fail", "pass")
    assert {(one["account"], one["region"]) for one in found} == {(ACCOUNT, REGION)}


def test_a_bucket_put_right_passes_on_the_next_run_of_the_same_process(bucket: Any, run: Run) -> None:
    assert run(*S3, "--control", "S3.5")[0] == 1
    bucket.policy()
    code, found = run(*S3, "--control", "S3.5")
    assert (code, {one["verdict"] for one in found}) == (0, {"pass"})


def test_each_run_sees_the_aws_of_that_moment(run: Run) -> None:
    seen = []
    for name in ("first", "second"):
        with mock_aws():
            create(name)
            seen.append({one["resource"] for one in run(*S3)[1]})
    assert seen == [{"first"}, {"second"}]


def test_an_account_without_buckets_has_nothing_to_fail(aws: None, run: Run) -> None:
    assert run(*S3) == (0, [])


def test_controls_are_chosen_by_id_or_reference(bucket: Any, run: Run) -> None:
    found = run("--control", "tls_only", "--control", "s3.14")[1]
    assert {one["control"] for one in found} == {"tls_only", "versioning_enabled"}


def test_resources_are_chosen_by_name(bucket: Any, run: Run) -> None:
    create("other")
    assert {one["resource"] for one in run(*S3, "--resource", "oth*")[1]} == {"other"}


@pytest.mark.parametrize("name", ["FSBP S3.13", "S3.13", "lifecycle"])
def test_parameters_reach_the_control_by_any_of_its_names(name: str, bucket: Any, run: Run, tmp_path: Path) -> None:
    bucket.obey()
    path = tmp_path / "params.json"
    outcomes = []
    for days in (400, "30"):
        path.write_text(json.dumps({name: {"targetExpirationDays": days}}))
        outcomes.append(verdict(run(*S3, "--params", str(path))[1], "FSBP S3.13"))
    assert outcomes == ["pass", "fail"]


def test_a_parameter_that_no_control_takes_stops_the_check_before_it_starts(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "params.json"
    path.write_text('{"tls_only": {"targetExpirationDays": 1}}')
    assert main(["check", "--json", "--params", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "tls_only" in said.err


def test_only_grave_failures_fail_if_that_is_asked_for(bucket: Any, run: Run) -> None:
    assert run(*S3, "--control", "S3.13", "--fail-on", "high")[0] == 0


def test_what_cannot_be_read_is_unknown_and_names_the_permission(bucket: Any, run: Run) -> None:
    with counted(refused=("GetBucketPolicy",)):
        code, found = run(*S3, "--control", "S3.5")
    assert (code, found[0]["verdict"]) == (2, "unknown")
    assert "s3:GetBucketPolicy" in found[0]["reason"]


@pytest.mark.parametrize("refused", [("ListBuckets",), ()])
def test_a_kind_that_cannot_be_listed_is_one_unknown_finding(refused: tuple[str, ...], bucket: Any, run: Run) -> None:
    kind = "s3_bucket" if refused else "sagemaker_image"
    with counted(refused=refused):
        code, found = run("--kind", kind)
    assert code == 2
    assert [(one["resource"], one["verdict"], one["references"]) for one in found] == [("*", "unknown", [])]


def test_the_manifest_says_what_is_governed_and_waived(bucket: Any, run: Run, tmp_path: Path) -> None:
    create("cdk-assets")
    (tmp_path / "governance.yaml").write_text(
        'scope:\n  - {kind: s3_bucket, match: "*", except: ["cdk-*"]}\n'
        "waivers:\n  - {control: tls_only, resource: training-*, owner: platform, reason: scratch, "
        "expires: 2999-01-31}\n"
    )
    code, found = run("--governed", *S3, "--control", "S3.5")
    assert (code, [(one["resource"], one["verdict"]) for one in found]) == (0, [("training-data", "waived")])
    assert "platform" in found[0]["reason"]


def test_a_scope_may_select_by_tags(bucket: Any, run: Run, tmp_path: Path) -> None:
    create("tagged")
    boto3.client("s3", REGION).put_bucket_tagging(
        Bucket="tagged", Tagging={"TagSet": [{"Key": "stage", "Value": "prod"}]}
    )
    (tmp_path / "governance.yaml").write_text('scope:\n  - {kind: s3_bucket, match: "*", tags: {stage: prod}}\n')
    assert {one["resource"] for one in run("--governed", *S3)[1]} == {"tagged"}


def test_a_bucket_is_judged_once_however_many_regions_are_looked_at(bucket: Any, run: Run) -> None:
    boto3.client("sagemaker", "us-east-1").create_notebook_instance(
        NotebookInstanceName="nb", InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
    )
    found = run("--region", REGION, "--region", "us-east-1", "--control", "S3.5", "--control", "SageMaker.1")[1]
    assert [(one["resource"], one["region"]) for one in found if one["control"] != "resources_listed"] == [
        ("training-data", REGION), ("nb", "us-east-1"),
    ]  # fmt: skip


def test_many_buckets_come_in_the_order_in_which_they_are_listed(aws: None, run: Run) -> None:
    names = [f"bucket-{number:03}" for number in range(5 * WORKERS)]
    for name in names:
        create(name)
    assert [one["resource"] for one in run(*S3, "--control", "S3.14")[1]] == names


def test_no_setting_is_read_twice_and_the_accounts_own_is_read_once(aws: None, run: Run) -> None:
    for number in range(30):
        create(f"bucket-{number:03}")
    with counted() as calls:
        found = run(*S3)[1]
    assert len({one["resource"] for one in found}) == 30
    assert {name: count for name, count in calls.items() if count not in (1, 30)} == {}
    assert calls["s3control:GetPublicAccessBlock"] == calls["s3:ListBuckets"] == calls["sts:GetCallerIdentity"] == 1
    assert sum(count == 30 for count in calls.values()) <= 20


@pytest.mark.parametrize("form", ["table", "sarif", "github", "ocsf", "asff", "json"])
def test_every_format_tells_the_same_failure(form: str, bucket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *S3, "--control", "S3.5", "--format", form]) == 1
    out = capsys.readouterr().out
    assert "training-data" in out
    assert "tls_only" in out


def event(name: str = "PutBucketPolicy", bucket: str = "training-data", **detail: Any) -> dict[str, Any]:
    told = {"eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": REGION, "readOnly": False,
            "recipientAccountId": ACCOUNT, "requestParameters": {"bucketName": bucket}, **detail}  # fmt: skip
    return {"detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "account": ACCOUNT, "detail": told}


def test_an_event_has_the_live_state_of_what_it_names_judged(bucket: Any, run: Run, tmp_path: Path) -> None:
    create("other")
    path = tmp_path / "event.json"
    path.write_text(json.dumps([event(), event("PutBucketAcl")]))
    with counted() as calls:
        found = run("--event", str(path), "--control", "S3.5")[1]
    assert [(one["resource"], one["verdict"]) for one in found] == [("training-data", "fail")]
    assert calls["s3:ListBuckets"] == 0


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (event(errorCode="AccessDenied"), "the call failed (AccessDenied)"),
        (event("GetBucketPolicy"), "only reads"),
        ({**event(), "account": "210987654321"}, "of account 210987654321"),
        (event("PutBucketPolicy", "gone"), "bucket gone is gone"),
    ],
)
def test_an_event_that_is_no_reason_to_look_is_ignored_with_its_reason(
    told: dict[str, Any], reason: str, bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(told))
    assert main(["check", "--json", "--event", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err


def test_an_event_that_cannot_be_read_leaves_the_check_undecided(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(f"{json.dumps(event(bucket=''))}\n{{broken\n")
    assert main(["check", "--json", "--event", str(path)]) == 2
    assert capsys.readouterr().err.count("not judged") == 2


def test_a_change_of_the_account_has_every_bucket_judged(bucket: Any, run: Run, tmp_path: Path) -> None:
    create("other")
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event("PutAccountPublicAccessBlock", requestParameters={})))
    found = run("--event", str(path), *S3)[1]
    assert {one["resource"] for one in found} == {"training-data", "other"}


def test_a_job_that_is_gone_is_judged_by_its_request(aws: None, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    asked = {"trainingJobName": "gone", "enableNetworkIsolation": False, "vpcConfig": {"subnets": ["subnet-1"]}}
    told = event("CreateTrainingJob", eventSource="sagemaker.amazonaws.com", requestParameters=asked)
    path.write_text(json.dumps({**told, "source": "aws.sagemaker"}))
    found = run("--event", str(path), "--kind", "sagemaker_training_job")[1]
    assert "Prowler sagemaker_training_jobs_network_isolation_enabled" in {
        reference for one in found if one["verdict"] == "fail" for reference in one["references"]
    }
    assert all("gone" in one["reason"] for one in found)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--control", "S3.999"],
        ["--kind", "s3_buckets"],
        ["--kind", "aws_account", "--control", "S3.5"],
        ["--json", "--format", "sarif"],
        ["--governed", "--params", "governance.yaml"],
        ["--template", "governance.yaml", "--event", "governance.yaml"],
        ["--format", "xml"],
        ["--fail-on", "dreadful"],
        ["--params", "absent.json"],
    ],
)
def test_misuse_is_told_apart_from_what_is_found(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "governance.yaml").write_text("scope: []\n")
    assert main(["check", *arguments]) == 64


def test_a_region_left_empty_is_none_at_all(bucket: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "")
    code, found = run(*S3, "--control", "S3.5", "--region", "")
    assert (code, [one["region"] for one in found]) == (1, ["us-east-1"])


def test_an_endpoint_that_is_none_leaves_the_check_undecided(
    bucket: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "garbage")
    assert run(*S3, "--control", "S3.5") == (2, [])


def test_findings_count_although_nobody_reads_them(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert main(["check", "--json", *S3, "--control", "S3.5"]) == 1


def test_a_template_is_judged_without_credentials(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": {}}}}))
    code, found = run("--template", str(path), "--control", "S3.14")
    assert (code, [(one["logical_id"], one["verdict"]) for one in found]) == (1, [("Data", "fail")])


def test_only_a_bucket_may_have_changed_hands(bucket: Any, run: Run) -> None:
    with counted(refused=("GetBucketPolicy",)):
        assert "changed hands" in run(*S3, "--control", "S3.5")[1][0]["reason"]
    with counted(refused=("ListBuckets",)):
        assert run(*S3, "--control", "S3.5")[1][0]["reason"].endswith("s3:ListAllMyBuckets is denied; grant it")
