"""The sweep: whatever no event told of is found, and nothing of it is lost."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.compliance import judge, sweep, sweeper
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import verify
from holdfast.shared import clients
from tests.conftest import ACCOUNT, REGION, TABLE, Context, make_ledger_table
from tests.integration.batches.crashes import Killed, Moment, count_calls, watching
from tests.integration.compliance.conftest import SETTINGS
from tests.integration.compliance.test_judge import changed

TICK = {"detail-type": "Scheduled Event", "source": "aws.events", "id": "tick-1", "detail": {}}
MANIFEST = """
scope:
  - {kind: s3_bucket, match: "ml-*", except: ["ml-tmp*"]}
  - {kind: sagemaker_notebook_instance}
"""
Queued = Callable[..., dict[str, Any]]
MOMENTS: tuple[Moment, ...] = ("before", "after", "timeout")


@dataclass
class House:
    """The sweeper, its own queue, the judge and the judge's queue."""

    queued: Queued
    looks: str
    errands: str
    s3: Any
    sqs: Any

    def create(self, *names: str) -> None:
        """Create buckets of which no event tells."""
        for name in names:
            self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})

    def waiting(self, queue: str, *, delayed: bool = False) -> list[dict[str, Any]]:
        """Take what waits in a queue."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    def handle(self, handler: Any, *bodies: Any) -> list[str]:
        """Hand messages to a function and name those that failed."""
        answer = handler(self.queued(*bodies), Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def sweep(self, *bodies: Any) -> None:
        """Run the sweeper on a tick, or on what is given, and on all the errands that it writes to itself."""
        waiting = list(bodies or (TICK,))
        while waiting:
            for body in waiting:
                assert self.handle(sweeper.lambda_handler, body) == []
            waiting = self.waiting(self.errands)

    def judge(self) -> list[tuple[str, str]]:
        """Let the judge look at all it was told of, and name that."""
        told = self.waiting(self.looks)
        for body in told:
            assert self.handle(judge.lambda_handler, body) == []
        return sorted((body["look"]["kind"], body["look"]["name"]) for body in told)

    def buckets(self) -> list[str]:
        """Sweep, judge, and name the buckets that were looked at."""
        self.sweep()
        return [name for kind, name in self.judge() if kind == "s3_bucket"]

    def entries(self, name: str, kind: str = "s3_bucket") -> list[Entry]:
        """Read what is on record of a resource."""
        return list(judge.ledger().entries(f"compliance#{kind}/{name}"))


@pytest.fixture
def house(aws: None, queued: Queued, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Give both functions an account, a ledger, queues and a manifest."""
    sqs = boto3.client("sqs", REGION)
    looks, errands = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("looks", "errands"))
    path = tmp_path / "governance.yaml"
    path.write_text(MANIFEST)
    for name, value in {
        "ACCOUNT": ACCOUNT, "REGION": REGION, "LEDGER_TABLE": TABLE, "ACTOR": "Compliance", "MANIFEST": str(path),
        "LOOK_QUEUE_URL": looks, "SWEEP_QUEUE_URL": errands,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    make_ledger_table()
    forget()
    yield House(queued, looks, errands, boto3.client("s3", REGION), sqs)
    forget()


def forget() -> None:
    """Drop what execution environments keep."""
    clients.forget()
    built = (
        judge.account, judge.ledger, judge.manifest, judge.rules, sweeper.settings, sweeper.account, sweeper.ledger,
        sweeper.manifest, sweeper.rules, sweeper.judge_queue, sweeper.own_queue,
    )  # fmt: skip
    for one in built:
        one.cache_clear()


def test_with_every_event_dropped_the_sweep_still_finds_what_is_out_of_order(house: House) -> None:
    house.create("ml-data", "ml-open", "other", "ml-tmp1")
    assert house.buckets() == ["ml-data", "ml-open"]
    assert [entry.outcome for entry in house.entries("ml-open")] == ["fail"]
    house.s3.put_public_access_block(Bucket="ml-open", PublicAccessBlockConfiguration=dict.fromkeys(SETTINGS, True))
    house.buckets()
    assert "public_access_block" in house.entries("ml-open")[1].body["changed"]
    assert house.entries("other") == house.entries("ml-tmp1") == []


def test_a_sweep_that_finds_nothing_new_writes_nothing(house: House) -> None:
    house.create("ml-data")
    for _ in range(3):
        house.buckets()
    assert len(house.entries("ml-data")) == 1


def test_a_finding_whose_bucket_is_gone_is_closed_though_no_event_told(house: House) -> None:
    house.create("ml-data", "ml-gone")
    house.buckets()
    house.s3.delete_bucket(Bucket="ml-gone")
    assert house.buckets() == ["ml-data", "ml-gone"]
    assert [entry.outcome for entry in house.entries("ml-gone")] == ["fail", "deleted"]
    assert house.buckets() == ["ml-data"], "what is closed is not looked at again"
    house.create("ml-gone")
    house.buckets()
    assert [entry.outcome for entry in house.entries("ml-gone")] == ["fail", "deleted", "fail"]


def test_what_the_manifest_watches_no_more_is_closed(house: House, tmp_path: Path) -> None:
    house.create("ml-data", "ml-other")
    house.buckets()
    (tmp_path / "governance.yaml").write_text('scope:\n  - {kind: s3_bucket, match: "ml-data"}\n')
    forget()
    house.buckets()
    (tmp_path / "governance.yaml").write_text("scope: []\n")
    forget()
    assert house.buckets() == ["ml-data"]
    for name in ("ml-data", "ml-other"):
        assert [entry.outcome for entry in house.entries(name)] == ["fail", "deleted"]
        assert "watches it no more" in house.entries(name)[-1].reason
    assert house.buckets() == []


def test_other_kinds_are_swept_too(house: House) -> None:
    boto3.client("sagemaker", REGION).create_notebook_instance(
        NotebookInstanceName="desk", InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r"
    )
    house.sweep()
    assert house.judge() == [("sagemaker_notebook_instance", "desk")]
    assert [entry.outcome for entry in house.entries("desk", "sagemaker_notebook_instance")] == ["fail"]


def test_a_long_list_is_swept_in_parts_that_go_on_where_they_stopped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"ml-{number:02d}" for number in range(7)]
    house.create(*names)
    monkeypatch.setattr(sweep, "MOST_LISTED", 3)
    errands: list[Any] = []
    run = sweeper.run

    def noted(due: Any) -> None:
        errands.append(due)
        run(due)

    monkeypatch.setattr(sweeper, "run", noted)
    assert house.buckets() == names
    parts = [due for due in errands if due.kind == "s3_bucket" and due.shards is None]
    assert [due.after is not None for due in parts] == [False, True, True]


def test_a_list_in_parts_still_closes_what_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.create(*(f"ml-{number:02d}" for number in range(7)))
    house.buckets()
    house.s3.delete_bucket(Bucket="ml-03")
    monkeypatch.setattr(sweep, "MOST_LISTED", 3)
    house.buckets()
    assert house.entries("ml-03")[-1].outcome == "deleted"


def test_a_kind_that_cannot_be_listed_fails_loud_and_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("ml-data")
    assert house.handle(sweeper.lambda_handler, TICK) == []
    errands = house.waiting(house.errands)
    clients.client("sagemaker")
    monkeypatch.setattr(
        clients.client("sagemaker"), "get_paginator", lambda _: (_ for _ in ()).throw(
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListNotebookInstances")
        )
    )  # fmt: skip
    failed = {errands[int(name.removeprefix("message-"))]["sweep"]["kind"]
              for name in house.handle(sweeper.lambda_handler, *errands)}  # fmt: skip
    assert failed == {"sagemaker_notebook_instance"}
    assert house.judge() == [("s3_bucket", "ml-data")]


@pytest.mark.parametrize("name", ["PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock"])
def test_a_change_of_the_account_brings_every_bucket_before_the_judge_at_once_and_once_more(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create("ml-a", "ml-b")
    sent: list[tuple[int, int]] = []
    send = sweeper.judge_queue().send

    def noted(messages: Any, *, delay_seconds: int = 0) -> int:
        count = send(messages, delay_seconds=delay_seconds)
        sent.append((count, delay_seconds))
        return count

    monkeypatch.setattr(sweeper.judge_queue(), "send", noted)
    house.sweep(changed(name, requestParameters={"host": "s3-control"}))
    assert house.judge() == [("s3_bucket", "ml-a"), ("s3_bucket", "ml-b")]
    assert (2, 0) in sent
    assert (2, sweep.AGAIN_AFTER_SECONDS) in sent


@pytest.mark.parametrize(
    "event",
    [changed("PutBucketPublicAccessBlock"), changed("PutAccountPublicAccessBlock", errorCode="AccessDenied"),
     changed("GetBucketPolicy"), {**changed("PutAccountPublicAccessBlock"), "account": "210987654321"}],
)  # fmt: skip
def test_what_concerns_not_all_is_no_reason_to_sweep(house: House, event: dict[str, Any]) -> None:
    house.create("ml-a")
    assert house.handle(sweeper.lambda_handler, event) == []
    assert house.waiting(house.errands) == house.waiting(house.looks) == []


def test_a_full_queue_is_no_success(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def send_message_batch(self, **_: Any) -> dict[str, Any]:
            return {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}

    monkeypatch.setattr(sweeper.own_queue(), "_sqs", Full())
    assert house.handle(sweeper.lambda_handler, TICK) == ["message-0"]


def test_the_list_of_a_kind_that_there_is_no_more_is_passed_over(house: House) -> None:
    assert house.handle(sweeper.lambda_handler, {"sweep": {"kind": "s3_pail", "cause": "c"}}) == []
    assert house.handle(judge.lambda_handler, {"look": {"kind": "s3_pail", "name": "a", "cause": "c"}}) == []
    assert house.handle(sweeper.lambda_handler, {"sweep": {"kind": "s3_bucket"}}) == ["message-0"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_everything_is_swept(
    house: House, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.create(*(f"ml-{number:02d}" for number in range(7)))
    house.buckets()
    house.s3.delete_bucket(Bucket="ml-03")
    monkeypatch.setattr(sweep, "MOST_LISTED", 3)
    wanted = {f"ml-{number:02d}" for number in range(7)}
    for body in (TICK, *errands_of(house)):
        forget()
        calls = count_calls(lambda body=body: house.handle(sweeper.lambda_handler, body))  # type: ignore[misc]
        house.waiting(house.looks), house.waiting(house.errands)
        for at in range(calls):
            forget()
            with watching(kill_at=at, moment=moment), suppress(Killed):
                house.handle(sweeper.lambda_handler, body)
            forget()
            house.sweep(body)
            if body is TICK or body["sweep"] == {"kind": "s3_bucket", "cause": "tick-1", "is_twice": False}:
                assert {message["look"]["name"] for message in house.waiting(house.looks)} == wanted
            house.waiting(house.looks)


def errands_of(house: House) -> list[dict[str, Any]]:
    """Give every errand that one sweep takes."""
    found, waiting = [], [TICK]
    while waiting:
        for body in waiting:
            house.handle(sweeper.lambda_handler, body)
        waiting = house.waiting(house.errands)
        found += waiting
    house.waiting(house.looks)
    return found


LOOK = {"look": {"kind": "s3_bucket", "name": "ml-data", "cause": "tick-1"}}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_judge_killed_at_any_call_of_a_look_and_told_again_records_once(house: House, moment: Moment) -> None:
    house.create("ml-data")
    turn, is_killed = 0, True
    while is_killed:
        change(house, turn)
        forget()
        is_killed = dies(house, at=turn, moment=moment)
        turn += 1
        forget()
        for _ in range(2):
            assert house.handle(judge.lambda_handler, LOOK) == []
        assert len(house.entries("ml-data")) == turn, f"killed {moment} call {turn - 1}"
        assert list(judge.ledger().open_subjects("compliance")) == ["s3_bucket/ml-data"]
    assert turn > 10, "a look takes more calls than that"
    assert len({entry.decision_id for entry in house.entries("ml-data")}) == turn
    verify(house.entries("ml-data"))


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_judge_killed_while_it_closes_closes_once(house: House, moment: Moment) -> None:
    for at in range(3):
        house.create("ml-data")
        house.handle(judge.lambda_handler, LOOK)
        house.s3.delete_bucket(Bucket="ml-data")
        forget()
        assert dies(house, at=at, moment=moment)
        forget()
        for _ in range(2):
            assert house.handle(judge.lambda_handler, LOOK) == []
        assert [entry.outcome for entry in house.entries("ml-data")] == ["fail", "deleted"] * (at + 1)
        assert list(judge.ledger().open_subjects("compliance")) == []


def dies(house: House, *, at: int, moment: Moment) -> bool:
    """Let the judge take its look and die at one call; tell whether there was such a call."""
    with watching(kill_at=at, moment=moment) as calls, suppress(Killed):
        house.handle(judge.lambda_handler, LOOK)
    return len(calls.made) > at


def change(house: House, turn: int) -> None:
    """Change what controls say of the bucket, to and fro."""
    on = dict.fromkeys(SETTINGS, turn % 2 == 0)
    house.s3.put_public_access_block(Bucket="ml-data", PublicAccessBlockConfiguration=on)
