from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.ledger.contract import Entry
from holdfast_console.replay.gate import Call, Caller
from holdfast_console.replay.trace import Line, Trace, label, why_failed

NOW = datetime(2026, 3, 2, tzinfo=UTC)
JUDGE = Caller("BatchJudge", "arn:role")


def entry(number: int, cause: str) -> Entry:
    return Entry(
        stream="batches#orders",
        sequence=number,
        previous="0" * 64,
        decision_id=f"{number:064x}",
        kind="Batch Judged",
        subject="orders",
        outcome="drift",
        reason="price moved",
        body={},
        actor="BatchJudge",
        cause=cause,
        correlation_id=cause,
        recorded_at=NOW,
        manifest="m",
        hash="1" * 64,
    )


def commit(trace: Trace, number: int, cause: str) -> None:
    put = {
        "Put": {"Item": {"sk": {"S": f"entry#{number:012d}"}, "entry": {"S": entry(number, cause).model_dump_json()}}}
    }
    trace.note(Call(JUDGE, "dynamodb", "TransactWriteItems", {"TransactItems": [put]}, "eu-west-1"))


def act(trace: Trace, service: str, operation: str, **params: Any) -> None:
    trace.note(Call(JUDGE, service, operation, params, "eu-west-1"))


@pytest.fixture
def trace() -> Trace:
    return Trace(lambda: NOW)


def event(number: int) -> dict[str, Any]:
    detail = {"bucket": {"name": "ml-data"}, "object": {"key": f"{number}.parquet"}}
    return {"id": f"event-{number}", "detail-type": "Object Created", "detail": detail}


def test_a_decision_is_told_with_its_event_its_number_and_what_came_before_it(trace: Trace) -> None:
    act(trace, "s3", "GetObject", Bucket="ml-data", Key="1.parquet")
    act(trace, "s3", "CopyObject", Bucket="aside", Key="copy")
    commit(trace, 4, "event-1")
    trace.invoked("BatchJudge", {"m1": event(1)}, [], {})
    told = (
        "Object Created s3://ml-data/1.parquet → BatchJudge → Batch Judged #4 drift: price moved → s3 CopyObject copy"
    )
    assert [line.text() for line in trace.lines] == [f"2026-03-02 00:00  {told}"]


def test_each_decision_of_a_batch_finds_the_message_that_caused_it(trace: Trace) -> None:
    commit(trace, 1, "event-2")
    commit(trace, 2, "event-1")
    logs = [{"message_id": "m3", "message": "ignored: not ours"}]
    trace.invoked("BatchJudge", {f"m{number}": event(number) for number in (1, 2, 3)}, logs, {})
    assert [(line.kind, line.event[-9:], line.reason) for line in trace.lines] == [
        ("decision", "2.parquet", ""),
        ("decision", "1.parquet", ""),
        ("ignored", "3.parquet", "not ours"),
    ]


def test_what_failed_is_told_with_its_reason_and_its_effects_are_not_forgotten(trace: Trace) -> None:
    act(trace, "sns", "Publish", TopicArn="arn:topic")
    trace.invoked("Notifier", {"m1": event(1), "m2": event(2)}, [], {"m1": "ValueError: no"})
    assert [(line.kind, line.event[-9:], line.reason, line.effects) for line in trace.lines] == [
        ("effect", "2.parquet", "", ("sns Publish arn:topic",)),
        ("failed", "1.parquet", "ValueError: no", ()),
    ]


def test_as_many_effects_as_messages_are_told_one_by_one(trace: Trace) -> None:
    for _ in range(2):
        act(trace, "sns", "Publish", TopicArn="arn:topic")
    trace.invoked("Notifier", {"m1": event(1), "m2": event(2)}, [], {})
    assert [len(line.effects) for line in trace.lines] == [1, 1]


def test_announcing_is_quiet(trace: Trace) -> None:
    act(trace, "events", "PutEvents", Entries=[{"DetailType": "Batch Judged"}])
    trace.invoked("LedgerPublisher", {"1": {"Event": "INSERT in outbox#1"}}, [], {})
    assert [(line.kind, line.is_quiet, line.effects) for line in trace.lines] == [
        ("announced", True, ("announced Batch Judged",))
    ]


def test_the_operators_calls_and_refused_ones_are_no_effects(trace: Trace) -> None:
    trace.note(Call(None, "s3", "PutObject", {"Key": "a"}, "eu-west-1"))
    trace.note(Call(JUDGE, "s3", "PutObject", {"Key": "a"}, "eu-west-1", error="AccessDenied"))
    trace.invoked("BatchJudge", {"m1": event(1)}, [], {})
    assert [line.kind for line in trace.lines] == ["ignored"]


def test_a_line_is_heard_as_it_is_said() -> None:
    heard: list[Line] = []
    trace = Trace(lambda: NOW, heard.append)
    trace.invoked("BatchJudge", {"m1": event(1)}, [], {})
    assert heard == trace.lines


def test_a_json_line_says_the_same(trace: Trace) -> None:
    commit(trace, 4, "event-1")
    trace.invoked("BatchJudge", {"m1": event(1)}, [], {})
    told = trace.lines[0].record()
    assert told["decision"] == {
        "id": f"{4:064x}",
        "stream": "batches#orders",
        "sequence": 4,
        "kind": "Batch Judged",
        "subject": "orders",
        "outcome": "drift",
    }
    assert (told["kind"], told["function"], told["reason"]) == ("decision", "BatchJudge", "price moved")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"detail-type": "Batch Judged", "detail": {"decision_id": "1", "subject": "orders", "outcome": "drift"}},
            "Batch Judged orders drift",
        ),
        (
            {
                "detail-type": "AWS API Call via CloudTrail",
                "detail": {"eventName": "PutBucketPolicy", "requestParameters": None},
            },
            "AWS API Call via CloudTrail PutBucketPolicy",
        ),
        (
            {
                "Records": [
                    {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": "a+b%3D1"}}}
                ]
            },
            "ObjectCreated:Put s3://b/a b=1",
        ),
        (
            {"detail-type": "Change", "detail": {"TrainingJobStatus": "Failed", "TrainingJobName": "job"}},
            "Change job Failed",
        ),
        ({"Event": "s3:TestEvent"}, "s3:TestEvent"),
        ("plain text", "plain text"),
        (None, "a message"),
    ],
)
def test_events_have_short_names(body: Any, expected: str) -> None:
    assert label(body) == expected


def test_a_failure_is_the_last_line_of_what_was_raised() -> None:
    raised = "Traceback (most recent call last):\n  File ...\nholdfast.shared.errors.ContractError: not a BatchArrived"
    logs = [
        {"message_id": "m1", "exception_name": "ContractError", "exception": raised},
        {"message_id": "m2", "exception_name": "KeyError", "exception": "KeyError: 'a'"},
    ]
    assert why_failed(logs, "m1") == "ContractError: not a BatchArrived"
    assert why_failed(logs, "m2") == "KeyError: 'a'"
    assert why_failed([], "m1") == "the function reported that it failed"


def test_what_a_person_commits_is_told_where_it_belongs(trace: Trace) -> None:
    commit(trace, 1, "event-1")
    trace.invoked("BatchJudge", {"m1": event(1)}, [], {})
    put = {"Put": {"Item": {"sk": {"S": "entry#2"}, "entry": {"S": entry(2, "event-1").model_dump_json()}}}}
    trace.note(Call(None, "dynamodb", "TransactWriteItems", {"TransactItems": [put]}, "eu-west-1"))
    assert [line.event for line in trace.lines] == ["Object Created s3://ml-data/1.parquet", "by hand"]
    assert [told.sequence for told in trace.entries] == [1, 2]


def test_of_looks_sent_together_each_decision_finds_its_own(trace: Trace) -> None:
    looks = {name: {"look": {"kind": "s3_bucket", "name": name, "cause": "sweep-1"}} for name in ("logs", "data")}
    said = entry(1, "sweep-1").model_copy(update={"subject": "s3_bucket/data"})
    put = {"Put": {"Item": {"sk": {"S": "entry#1"}, "entry": {"S": said.model_dump_json()}}}}
    trace.note(Call(JUDGE, "dynamodb", "TransactWriteItems", {"TransactItems": [put]}, "eu-west-1"))
    trace.invoked("ComplianceJudge", looks, [], {})
    assert [(line.kind, line.event) for line in trace.lines] == [
        ("decision", "look at s3_bucket/data"),
        ("ignored", "look at s3_bucket/logs"),
    ]


def test_errands_of_the_sweep_are_named_in_words() -> None:
    assert label({"sweep": {"kind": "s3_bucket", "cause": "tick"}}) == "sweep of s3_bucket"
    assert label({"sweep": {"cause": "tick"}}) == "sweep of what is on record"
