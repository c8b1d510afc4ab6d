"""Take one thing out of the template, and the replay fails: nothing that is deployed goes unproved."""

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.intrinsics import TemplateError
from holdfast_console.replay.proof import NotGranted
from holdfast_console.replay.templates import Synthesis
from tests.replay.conftest import Start, check, tell

REFUSED = (AssertionError, ConfigurationError)


def resources(template: Synthesis, kind: str, *, within: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Find resources of a type, each with the stack's resources it stands in and its name there."""
    for stack in template.templates.values():
        for name, resource in list(stack["Resources"].items()):
            path = resource.get("Metadata", {}).get("aws:cdk:path", "")
            if resource["Type"] == kind and f"/{within}/" in f"{path}/":
                yield stack["Resources"], name


def statements(
    template: Synthesis, kind: str, document: str, *, within: str
) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Find the statements of policies of a type, each with the list it stands in."""
    for stack, name in resources(template, kind, within=within):
        found = stack[name]["Properties"][document]["Statement"]
        yield from ((found, statement) for statement in list(found))


def replay(start: Start, template: Synthesis) -> None:
    """Play the standard story through a template and check how it ends."""
    with start(template) as twin:
        tell(twin)
        check(twin)


GRANTS = [
    ("LedgerPublisher", "Announce"),
    ("LedgerPublisher", "ReadStream"),
    ("BatchJudge", "DrainQueue"),
    ("BatchJudge", "ReadBatches"),
    ("BatchJudge", "CommitToLedger"),
    ("BatchJudge", "WriteLog"),
    ("BaselineActor", "UseStateKey"),
    ("BatchSweeper", "SendToJudge"),
    ("QuarantineActor", "KeepCopies"),
    ("BatchReporter", "KeepReports"),
    ("BatchReporter", "SealReports"),
    ("RetrainingJudge", "DescribeExecutions"),
    ("Trainer", "PassRoles"),
    ("ComplianceJudge", "AskOfBuckets"),
    ("ComplianceJudge", "CloseInLedger"),
    ("ComplianceJudge", "DrainLater"),
    ("ComplianceSweeper", "AskOfAll"),
    ("ComplianceSweeper", "ListOpen"),
    ("ComplianceSweeper", "SendErrands"),
    ("Notifier", "Tell"),
]
"""One of each sort; `test_standard_story.py` shows that the story needs every other grant too."""


@pytest.mark.parametrize(("function", "sid"), GRANTS, ids=lambda part: str(part))
def test_without_a_grant(start: Start, template: Synthesis, function: str, sid: str) -> None:
    found = [
        pair
        for pair in statements(template, "AWS::IAM::Policy", "PolicyDocument", within=function)
        if pair[1].get("Sid") == sid
    ]
    assert len(found) == 1, f"{function} has no statement {sid}"
    found[0][0].remove(found[0][1])
    with pytest.raises(NotGranted):
        replay(start, template)


RULES = [
    ("BatchJudge", "Arrivals"),
    ("BaselineActor", "Wanted"),
    ("BatchSweeper", "EveryHour"),
    ("BatchSweeper", "Waiting"),
    ("QuarantineActor", "Refused"),
    ("BatchReporter", "Judged"),
    ("RetrainingJudge", "Evidence"),
    ("RetrainingJudge", "RunsOfPipelines"),
    ("RetrainingJudge", "RunsOfJobs"),
    ("RetrainingJudge", "EveryFiveMinutes"),
    ("Trainer", "Due"),
    ("ComplianceJudge", "Changed"),
    ("ComplianceSweeper", "EverySixHours"),
    ("Notifier", "Notable"),
]


@pytest.mark.parametrize(("function", "rule"), RULES, ids=lambda part: str(part))
def test_without_a_rule(start: Start, template: Synthesis, function: str, rule: str) -> None:
    found = [(stack, name) for stack, name in resources(template, "AWS::Events::Rule", within=function) if rule in name]
    assert found, f"{function} has no rule {rule}"
    for stack, name in found:
        unhook(stack, name)
    with pytest.raises(AssertionError):
        replay(start, template)


def unhook(stack: dict[str, Any], name: str) -> None:
    """Take a rule out, and out of the queue policies that name it."""
    del stack[name]
    for resource in stack.values():
        if resource["Type"] == "AWS::SQS::QueuePolicy":
            kept = resource["Properties"]["PolicyDocument"]["Statement"]
            kept[:] = [statement for statement in kept if not only_for(statement, name)]


def only_for(statement: dict[str, Any], rule: str) -> bool:
    """Let a statement name a rule no more, and tell whether it then names none."""
    sources = statement.get("Condition", {}).get("ArnEquals", {})
    named = sources.get("aws:SourceArn", [])
    left = [each for each in (named if isinstance(named, list) else [named]) if rule not in str(each)]
    if named:
        sources["aws:SourceArn"] = left
    return bool(named) and not left


@pytest.mark.parametrize("sid", ["Rules", "Notifications", "Alarms"])
def test_without_a_statement_of_the_keys_policy(start: Start, template: Synthesis, sid: str) -> None:
    found = [
        pair
        for pair in statements(template, "AWS::KMS::Key", "KeyPolicy", within="MessagesKey")
        if pair[1].get("Sid") == sid
    ]
    assert len(found) == 1, f"the messages' key has no statement {sid}"
    found[0][0].remove(found[0][1])
    with pytest.raises(NotGranted, match="kms:"):
        replay(start, template)


def test_without_the_alarms_statement_of_the_topics_policy(start: Start, template: Synthesis) -> None:
    found = [
        pair
        for pair in statements(template, "AWS::SNS::TopicPolicy", "PolicyDocument", within="Notices")
        if pair[1].get("Sid") == "Alarms"
    ]
    found[0][0].remove(found[0][1])
    with pytest.raises(NotGranted, match="sns:Publish"):
        replay(start, template)


@pytest.mark.parametrize(
    ("function", "queue", "sid"),
    [
        ("BatchJudge", "Queue", "AdmitArrivals"),
        ("BatchJudge", "Queue", "AdmitNotifications"),
        ("BatchJudge", "Undelivered", "AdmitArrivals"),
        ("Notifier", "Queue", "AdmitNotable"),
        ("OutboxTimer", "Queue", "AdmitEveryFiveMinutes"),
        ("Trainer", "Undelivered", "AdmitDue"),
    ],
    ids=lambda part: str(part),
)
def test_without_a_statement_of_a_queues_policy(
    start: Start, template: Synthesis, function: str, queue: str, sid: str
) -> None:
    within = f"{function}/Inbox/{queue}"
    found = [
        pair
        for pair in statements(template, "AWS::SQS::QueuePolicy", "PolicyDocument", within=within)
        if pair[1].get("Sid") == sid
    ]
    assert len(found) == 1, f"{within} has no statement {sid}"
    found[0][0].remove(found[0][1])
    with pytest.raises(NotGranted, match="sqs:SendMessage"):
        replay(start, template)


@pytest.mark.parametrize(
    ("kind", "within"),
    [
        ("AWS::S3::BucketPolicy", "AccessLogs"), ("AWS::Events::EventBusPolicy", "Ledger"),
        ("AWS::SQS::QueuePolicy", "BatchJudge"), ("AWS::IAM::Policy", "ComplianceJudge"),
    ],
    ids=lambda part: str(part),
)  # fmt: skip
def test_without_a_whole_policy(start: Start, template: Synthesis, kind: str, within: str) -> None:
    for stack, name in resources(template, kind, within=within):
        del stack[name]
        forget(stack, name)
    with pytest.raises(ConfigurationError):
        replay(start, template)


def forget(stack: dict[str, Any], name: str) -> None:
    """Let nothing wait for a resource that is gone."""
    for resource in stack.values():
        if isinstance(waits := resource.get("DependsOn"), list):
            resource["DependsOn"] = [each for each in waits if each != name]


FUNCTIONS = [
    "LedgerPublisher",
    "OutboxTimer",
    "BatchJudge",
    "BaselineActor",
    "BatchSweeper",
    "QuarantineActor",
    "BatchReporter",
    "RetrainingJudge",
    "Trainer",
    "ComplianceJudge",
    "ComplianceSweeper",
    "Notifier",
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_a_variable(start: Start, template: Synthesis, function: str) -> None:
    stack, name = next(resources(template, "AWS::Lambda::Function", within=function))
    variables = stack[name]["Properties"]["Environment"]["Variables"]
    ours = sorted(variable for variable in variables if variable.startswith("HOLDFAST_"))
    del variables[ours[-1]]
    with pytest.raises(REFUSED):
        replay(start, template)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_a_functions_subscription_to_its_queue_or_stream(
    start: Start, template: Synthesis, function: str
) -> None:
    stack, name = next(resources(template, "AWS::Lambda::EventSourceMapping", within=function))
    del stack[name]
    with pytest.raises(REFUSED):
        replay(start, template)


def subscribed(template: Synthesis) -> dict[str, Any]:
    """Let a team's queue listen to the notices, and give the resources that make it so."""
    stack, topic = next(resources(template, "AWS::SNS::Topic", within="Notices"))
    here = {"Fn::GetAtt": ["Team", "Arn"]}
    statement = {
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": here,
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}},
    }  # fmt: skip
    stack["Team"] = {"Type": "AWS::SQS::Queue", "Properties": {}}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    stack["TeamPolicy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Team"}], "PolicyDocument": document},
    }
    listening = {"TopicArn": {"Ref": topic}, "Protocol": "sqs", "Endpoint": here}
    stack["Listening"] = {"Type": "AWS::SNS::Subscription", "Properties": listening}
    return stack


def heard(start: Start, template: Synthesis) -> int:
    """Play a refused batch and count what the team's queue received."""
    with start(template) as twin:
        twin.put("ml-data", "orders/batches/broken.parquet", b"no Parquet")
        twin.settle()
        assert all(note.subscribers for note in twin.notifications()), "nobody listens to the topic"
        queues = twin.client("sqs").list_queues()["QueueUrls"]
        url = next(url for url in queues if "-Team-" in url)
        return len(twin.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))


def test_with_a_subscription_people_are_told(start: Start, template: Synthesis) -> None:
    subscribed(template)
    assert heard(start, template) >= 1


def test_without_the_subscription_nobody_is(start: Start, template: Synthesis) -> None:
    del subscribed(template)["Listening"]
    with pytest.raises(AssertionError, match="nobody listens"):
        heard(start, template)


def test_a_subscription_that_may_not_deliver_fails(start: Start, template: Synthesis) -> None:
    del subscribed(template)["TeamPolicy"]
    with pytest.raises(NotGranted, match="sqs:SendMessage"):
        heard(start, template)


def test_with_a_resource_of_a_type_that_is_not_known(start: Start, template: Synthesis) -> None:
    stack = next(iter(template.templates.values()))["Resources"]
    stack["Odd"] = {"Type": "AWS::Pipes::Pipe", "Properties": {}}
    with pytest.raises(TemplateError, match=r"AWS::Pipes::Pipe is not known"):
        replay(start, template)
