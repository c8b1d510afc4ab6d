"""What fills a queue, what happens to what cannot be delivered or handled, and who may read it."""

import json

import pytest

from tests.infrastructure.house import House
from tests.infrastructure.test_functions import QUEUED

INBOXES = [*((name, "Inbox") for name in QUEUED), ("ComplianceJudge", "Later")]


def inbox(house: House, name: str, which: str = "Inbox") -> str:
    """Where a function's inbox stands."""
    (path,) = (path for path in house.of("AWS::SQS::Queue") if path.endswith(f"/{name}/{which}/Queue"))
    return path.removesuffix("/Queue")


@pytest.mark.parametrize(("name", "which"), INBOXES)
def test_a_message_comes_again_only_when_the_function_is_surely_over(house: House, name: str, which: str) -> None:
    queue = house.resources[f"{inbox(house, name, which)}/Queue"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * house.functions[name]["Properties"]["Timeout"]


@pytest.mark.parametrize(("name", "which"), INBOXES)
def test_what_was_handled_in_vain_five_times_is_kept_longer_than_the_queue_keeps_it(
    house: House, name: str, which: str
) -> None:
    here = inbox(house, name, which)
    queue, dead = house.resources[f"{here}/Queue"]["Properties"], house.resources[f"{here}/DeadLetters"]["Properties"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [house.logical(f"{here}/DeadLetters"), "Arn"]},
        "maxReceiveCount": 5,
    }
    assert dead["MessageRetentionPeriod"] == 14 * 86_400 > queue["MessageRetentionPeriod"]


@pytest.mark.parametrize(("name", "which"), INBOXES)
def test_messages_fail_alone_and_concurrency_is_bounded_by_the_mapping(house: House, name: str, which: str) -> None:
    queue = {"Fn::GetAtt": [house.logical(f"{inbox(house, name, which)}/Queue"), "Arn"]}
    (mapping,) = (
        one["Properties"]
        for path, one in house.of("AWS::Lambda::EventSourceMapping").items()
        if f"/{name}/" in path and one["Properties"]["EventSourceArn"] == queue
    )
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 2 <= mapping["ScalingConfig"]["MaximumConcurrency"] <= 1000


def test_a_change_is_looked_at_once_more_when_it_has_spread(house: House) -> None:
    delays = {path: one["Properties"]["DelaySeconds"] for path, one in house.of("AWS::SQS::Queue").items()
              if "DelaySeconds" in one["Properties"]}  # fmt: skip
    assert delays == {"Compliance/ComplianceJudge/Later/Queue": 120}
    for path, rule in house.of("AWS::Events::Rule").items():
        is_change = path.startswith(
            ("Compliance/ComplianceJudge/Inbox/Changed", "Compliance/ComplianceJudge/Inbox/Own")
        )
        assert len(rule["Properties"]["Targets"]) == (2 if is_change else 1), path


def test_every_queue_refuses_clear_text_and_is_under_our_key(house: House) -> None:
    queues = house.of("AWS::SQS::Queue")
    assert len(queues) == 3 * len(INBOXES) + 1
    for path, queue in queues.items():
        assert "MessagesKey" in json.dumps(queue["Properties"]["KmsMasterKeyId"])
        denied = [one for one in house.queue_policy(path) if one["Effect"] == "Deny"]
        assert [(one["Action"], one["Principal"], one["Condition"]) for one in denied] == [
            ("sqs:*", {"AWS": "*"}, {"Bool": {"aws:SecureTransport": "false"}})
        ]


def test_every_rule_delivers_to_its_functions_queues_that_let_in_exactly_their_rules(house: House) -> None:
    admitted: dict[str, set[str]] = {}
    for path, rule in house.of("AWS::Events::Rule").items():
        own = path.rpartition("/")[0]
        for target in rule["Properties"]["Targets"]:
            here = own if target["Id"] == "Queue" else f"{own.rpartition('/')[0]}/{target['Id']}"
            assert target["Arn"] == {"Fn::GetAtt": [house.logical(f"{here}/Queue"), "Arn"]}
            assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [house.logical(f"{here}/Undelivered"), "Arn"]}}
            admitted.setdefault(here, set()).add(house.logical(path))
    for here, rules in admitted.items():
        for queue in ("Queue", "Undelivered"):
            allowed = [
                one
                for one in house.queue_policy(f"{here}/{queue}")
                if one["Principal"] == {"Service": "events.amazonaws.com"}
            ]
            sources = [
                arn["Fn::GetAtt"][0] for one in allowed for arn in one["Condition"]["ArnEquals"]["aws:SourceArn"]
            ]
            assert sorted(sources) == sorted(rules)
            assert all(
                one["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}} for one in allowed
            )
            assert all(one["Action"] == "sqs:SendMessage" for one in allowed)


def test_dead_letter_queues_take_nothing_from_services(house: House) -> None:
    for path in house.of("AWS::SQS::Queue"):
        if path.endswith(("/DeadLetters", "/Unpublished")):
            assert {one["Effect"] for one in house.queue_policy(path)} == {"Deny"}


def test_buckets_that_notify_and_no_others_may_fill_the_judges_queue(house: House) -> None:
    policies = {path: house.queue_policy(path) for path in house.of("AWS::SQS::Queue")}
    found = {
        path: one
        for path, policy in policies.items()
        for one in policy
        if one["Principal"] == {"Service": "s3.amazonaws.com"}
    }
    assert set(found) == {"Batches/BatchJudge/Inbox/Queue"}
    (statement,) = found.values()
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": ["arn:aws:s3:::partner-drop"]},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }


def test_the_ledgers_stream_is_read_from_its_beginning_and_nothing_unpublished_is_lost(house: House) -> None:
    mapping = house.resources["Ledger/LedgerPublisher/Mapping"]["Properties"]
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    unpublished = house.logical("Ledger/LedgerPublisher/Unpublished")
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": {"Fn::GetAtt": [unpublished, "Arn"]}}}
    (pattern,) = (json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"])
    assert pattern == {"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "outbox#"}]}}}}
