"""The judge itself on every recorded event that is of compliance: it looks where the index says, and nowhere else."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from holdfast.compliance import judge
from holdfast.compliance.contract import CALL
from holdfast.compliance.doors import OF_SAGEMAKER, TELLING, Look
from holdfast.compliance.hints import buckets
from holdfast_console.explain.files import explanations
from holdfast_console.explain.scope import Everything
from holdfast_console.replay import incoming
from tests.conftest import REGION, SHARED, TABLE, Context, make_ledger_table
from tests.integration.compliance.test_sweeper import forget

OF_COMPLIANCE = {"recheck_bucket", "recheck_account", "mark_bucket_deleted", "check_sagemaker_resource"}
ABSENT = [pytest.param(None, None, marks=pytest.mark.skip(reason="no recorded events beside the project"))]
OTHERWISE = {
    "alert": "a change of the trail is a person's business; the judge looks at what the account records besides",
}
"""Words of the vocabulary that are not the judge's, and what it does with such an event."""


def cases() -> list[Any]:
    found = []
    for index in sorted((SHARED / "events" / "real").glob("*/index.json")):
        for event in json.loads(index.read_text())["events"]:
            path = index.parent / event["file"]
            if isinstance(event["expected"], list) and {one["do"] for one in event["expected"]} <= OF_COMPLIANCE | {
                "ignore", *OTHERWISE,
            }:  # fmt: skip
                found.append(pytest.param(path, event["expected"], id=f"{path.parent.name}/{path.stem}"[:90]))
    return found or ABSENT


def delivered(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the parts of a document that rules of compliance deliver; read-only calls reach no rule."""
    for way, part in incoming.doors(document):
        is_told = part.get("detail-type") in (CALL, *TELLING) and way is incoming.Way.BUS
        if is_told or buckets(part) is not None:
            yield part


def words(looks: list[Look], body: dict[str, Any]) -> list[dict[str, Any]]:
    """Say in the vocabulary's words where the judge looked."""
    return [word(one, str(body.get("detail", {}).get("eventName"))) for one in looks]


def word(look: Look, call: str) -> dict[str, Any]:
    kind, name = look.kind, look.name
    if kind.id == "aws_account":
        return {"do": "recheck_account", "account": name}
    if kind.id == "s3_bucket":
        return {"do": "mark_bucket_deleted" if call == "DeleteBucket" else "recheck_bucket", "bucket": name}
    return {
        "do": "check_sagemaker_resource", "kind": kind.resource_type.removeprefix(OF_SAGEMAKER), "name": name,
    }  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), cases())
def test_the_judge_looks_where_the_index_says(
    path: Path, expected: list[dict[str, Any]], aws: None, queued: Callable[..., dict[str, Any]], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    governance = tmp_path / "governance.yaml"
    governance.write_text('scope:\n  - {kind: "*"}\n')
    variables = {"REGION": REGION, "LEDGER_TABLE": TABLE, "ACTOR": "ComplianceJudge", "MANIFEST": str(governance)}
    for name, value in variables.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    make_ledger_table()
    looked, found = list[Look](), list[dict[str, Any]]()
    record = judge.record

    def noted(due: Look) -> None:
        looked.append(due)
        record(due)

    monkeypatch.setattr(judge, "record", noted)
    for body in delivered(json.loads(path.read_text())):
        monkeypatch.setenv("HOLDFAST_ACCOUNT", account_of(body))
        forget()
        looked.clear()
        for one in expected:
            stand(one)
        answer = judge.lambda_handler(queued(body), Context())  # type: ignore[arg-type]
        assert answer == {"batchItemFailures": []}
        found += words(looked, body)
        for due in looked:
            entries = list(judge.ledger().entries(judge.account().resource(due.kind, due.name).stream))
            assert [entry.outcome for entry in entries] == ([] if is_gone(due, body) else [entries[0].outcome])
    if expected[0]["do"] in OTHERWISE:
        assert {one["do"] for one in found} <= {"recheck_account", "ignore"}
    else:
        assert found == [one for one in expected if one["do"] != "ignore"]
    forget()


def account_of(body: dict[str, Any]) -> str:
    """Give the account that an event is of, in which the judge then stands."""
    told = str(body.get("account") or body.get("AwsAccountId") or "")
    return told if len(told) == 12 and told.isdigit() else "123456789012"


def is_gone(due: Look, body: dict[str, Any]) -> bool:
    """Tell whether an event is of something that does not stand here: what is not there leaves no entry."""
    return body.get("detail", {}).get("eventName") == "DeleteBucket" or due.kind.id not in ("s3_bucket", "aws_account")


def stand(expected: dict[str, Any]) -> None:
    """Let the bucket stand that an event is about, unless it is gone."""
    s3 = boto3.client("s3", REGION)
    names = {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    if expected["do"] == "recheck_bucket" and expected["bucket"] not in names:
        s3.create_bucket(Bucket=expected["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})


@pytest.mark.parametrize(("path", "expected"), cases())
def test_and_so_says_explain(path: Path, expected: list[dict[str, Any]]) -> None:
    [explanation] = explanations(str(path), Everything())
    assert explanation.said()["actions"] == expected
