"""A house in small: every edge holds, and no grant of it can be taken away without the proof saying so."""

from dataclasses import replace
from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.proof import NotGranted, PermissionProof
from holdfast_console.replay.wiring import (
    BucketFact,
    BusFact,
    Edge,
    EdgeKind,
    FunctionFact,
    KeyFact,
    LogGroupFact,
    NamedDocument,
    QueueFact,
    Role,
    TableFact,
    TopicFact,
    Wiring,
    permission_document,
)

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


JUDGE, PUBLISHER = f"arn:aws:iam::{ACCOUNT}:role/Judge", f"arn:aws:iam::{ACCOUNT}:role/Publisher"
JUDGING, PUBLISHING = arn("lambda", "function:Judge"), arn("lambda", "function:Publisher")
QUEUE, DEAD, FAILED = arn("sqs", "batches"), arn("sqs", "batches-dead"), arn("sqs", "publisher-failed")
TOPIC, BUS, KEY = arn("sns", "alarms"), arn("events", "event-bus/ledger"), arn("kms", "key/1111")
TABLE = arn("dynamodb", "table/ledger")
STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
RULE, ALARM = arn("events", "rule/Batches"), arn("cloudwatch", "alarm:Dead")
DATA, LOGS = "arn:aws:s3:::ml-data", "arn:aws:s3:::access-logs"
JUDGE_LOG, PUBLISHER_LOG = arn("logs", "log-group:/aws/lambda/Judge"), arn("logs", "log-group:/aws/lambda/Publisher")
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def allow(*actions: str, on: Any = "*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on} | elements


def document(*statements: dict[str, Any], name: str = "Policy") -> NamedDocument:
    return NamedDocument(name, {"Version": "2012-10-17", "Statement": list(statements)})


def admitting(service: str, *actions: str, on: str, source: str) -> dict[str, Any]:
    condition = {"ArnEquals": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
    return allow(*actions, on=on, Principal={"Service": service}, Condition=condition)


LAMBDA_TRUST = {
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
}
PLAIN_TEXT = {"Bool": {"aws:SecureTransport": "false"}}
OVER_TLS = {"Effect": "Deny", "Action": "sqs:*", "Principal": "*", "Resource": "*", "Condition": PLAIN_TEXT}
USE = ("kms:Decrypt", "kms:GenerateDataKey*")

HOUSE = Wiring(
    account=ACCOUNT,
    region=REGION,
    roles=(
        Role(
            JUDGE,
            LAMBDA_TRUST,
            policies=(
                document(
                    allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", on=QUEUE),
                    allow("kms:Decrypt", on=KEY),
                    allow("s3:GetObjectVersion", on=f"{DATA}/batches/*"),
                    allow("dynamodb:GetItem", "dynamodb:PutItem", on=TABLE, Sid="Ledger"),
                    name="JudgeDefaultPolicy",
                ),
            ),
            managed_policies=(BASIC,),
        ),
        Role(
            PUBLISHER,
            LAMBDA_TRUST,
            policies=(
                document(
                    allow("dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords", on=STREAM),
                    allow("dynamodb:ListStreams", "xray:PutTraceSegments", "xray:PutTelemetryRecords"),
                    allow("sqs:SendMessage", on=FAILED),
                    allow("events:PutEvents", on=BUS, Condition={"StringEquals": {"events:source": "holdfast.ledger"}}),
                    allow("logs:CreateLogStream", "logs:PutLogEvents", on=f"{PUBLISHER_LOG}:*"),
                    allow(*USE, on=KEY),
                    name="PublisherDefaultPolicy",
                ),
            ),
        ),
    ),
    queues=(
        QueueFact(
            QUEUE,
            key=KEY,
            policies=(
                document(
                    OVER_TLS,
                    admitting("events.amazonaws.com", "sqs:SendMessage", on=QUEUE, source=RULE),
                    admitting("s3.amazonaws.com", "sqs:SendMessage", on=QUEUE, source=DATA),
                ),
            ),
        ),
        QueueFact(
            DEAD, policies=(document(admitting("events.amazonaws.com", "sqs:SendMessage", on=DEAD, source=RULE)),)
        ),
        QueueFact(FAILED, key=KEY),
    ),
    topics=(
        TopicFact(
            TOPIC,
            key=KEY,
            policies=(document(admitting("cloudwatch.amazonaws.com", "sns:Publish", on=TOPIC, source=ALARM)),),
        ),
    ),
    buckets=(
        BucketFact(DATA, key=KEY),
        BucketFact(
            LOGS,
            policies=(
                document(
                    admitting("logging.s3.amazonaws.com", "s3:PutObject", on=f"{LOGS}/data/*", source=DATA),
                ),
            ),
        ),
    ),
    tables=(TableFact(TABLE, "stream", key=KEY),),
    buses=(
        BusFact(
            BUS,
            policies=(
                document(
                    {
                        "Effect": "Deny",
                        "Action": "events:PutEvents",
                        "Resource": BUS,
                        "Principal": "*",
                        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": PUBLISHER}},
                    },
                ),
            ),
        ),
    ),
    keys=(
        KeyFact(
            KEY,
            document(
                allow("kms:*", Principal=ROOT),
                *(
                    allow(*USE, Principal={"Service": f"{service}.amazonaws.com"})
                    for service in ("events", "s3", "cloudwatch")
                ),
                allow(
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                    Principal={"Service": f"logs.{REGION}.amazonaws.com"},
                    Condition={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": JUDGE_LOG}},
                ),
            ),
            aliases=("alias/holdfast",),
        ),
    ),
    log_groups=(LogGroupFact(JUDGE_LOG, key=KEY), LogGroupFact(PUBLISHER_LOG)),
    functions=(FunctionFact(JUDGING, JUDGE), FunctionFact(PUBLISHING, PUBLISHER, traced=True)),
    edges=(
        Edge(EdgeKind.RULE, RULE, QUEUE),
        Edge(EdgeKind.DEAD_LETTER, RULE, DEAD),
        Edge(EdgeKind.NOTIFICATION, DATA, QUEUE),
        Edge(EdgeKind.ACCESS_LOG, DATA, f"{LOGS}/data/"),
        Edge(EdgeKind.MAPPING, QUEUE, JUDGING),
        Edge(EdgeKind.MAPPING, STREAM, PUBLISHING),
        Edge(EdgeKind.DESTINATION, PUBLISHING, FAILED),
        Edge(EdgeKind.ALARM, ALARM, TOPIC),
        Edge(EdgeKind.PUBLICATION, PUBLISHER, BUS),
        Edge(EdgeKind.EXECUTION, JUDGING, f"{JUDGE_LOG}:*"),
        Edge(EdgeKind.EXECUTION, PUBLISHING, PUBLISHER_LOG),
    ),
)

ANNOUNCEMENT = {"Entries": [{"EventBusName": "ledger", "Source": "holdfast.ledger", "DetailType": "Batch Judged"}]}
READ = {"Bucket": "ml-data", "Key": "batches/2012-07.parquet", "VersionId": "v1"}


def test_every_edge_of_the_house_holds() -> None:
    PermissionProof(HOUSE).check_deliveries()


def statements_of(target: NamedDocument) -> list[dict[str, Any]]:
    written = target.document["Statement"]
    assert isinstance(written, list)
    return written


def without(target: NamedDocument, index: int, action: str | None = None) -> NamedDocument:
    """The document without one statement, or without one action of it."""
    statements = statements_of(target)
    left = [one for one in statements[index]["Action"] if one != action] if action else []
    changed = [statements[index] | {"Action": left}] if left else []
    return document(*statements[:index], *changed, *statements[index + 1 :], name=target.name)


def weakened() -> list[Any]:
    """The house with one thing taken away, for each grant, and what then fails."""
    cases: list[Any] = []
    for at, queue in enumerate(HOUSE.queues[:2]):
        for index, statement in enumerate(statements_of(queue.policies[0])):
            if statement["Effect"] == "Allow":
                less = replace(queue, policies=(without(queue.policies[0], index),))
                queues = (*HOUSE.queues[:at], less, *HOUSE.queues[at + 1 :])
                cases.append(pytest.param(replace(HOUSE, queues=queues), "sqs:SendMessage", id=f"{queue.arn} {index}"))
    for index in range(5):
        keys = (replace(HOUSE.keys[0], policy=without(HOUSE.keys[0].policy, index)),)
        cases.append(pytest.param(replace(HOUSE, keys=keys), "kms:", id=f"key {index}"))
    for at, role in enumerate(HOUSE.roles):
        for index, statement in enumerate(statements_of(role.policies[0])):
            for action in statement["Action"]:
                if action.startswith(("s3:", "dynamodb:GetItem", "dynamodb:PutItem", "events:")):
                    continue
                less_able = replace(role, policies=(without(role.policies[0], index, action),))
                roles = (*HOUSE.roles[:at], less_able, *HOUSE.roles[at + 1 :])
                cases.append(pytest.param(replace(HOUSE, roles=roles), action.rstrip("*"), id=f"{role.arn} {action}"))
        untrusted = replace(role, trust={"Statement": []})
        roles = (*HOUSE.roles[:at], untrusted, *HOUSE.roles[at + 1 :])
        cases.append(pytest.param(replace(HOUSE, roles=roles), "sts:AssumeRole", id=f"{role.arn} trust"))
    unlogged = replace(HOUSE.roles[0], managed_policies=())
    cases.append(pytest.param(replace(HOUSE, roles=(unlogged, HOUSE.roles[1])), "logs:CreateLogStream", id="managed"))
    silent = replace(HOUSE.topics[0], policies=(document(OVER_TLS | {"Action": "sns:*"}),))
    cases.append(pytest.param(replace(HOUSE, topics=(silent,)), "sns:Publish", id="topic with a denial only"))
    dumb = replace(HOUSE.buckets[1], policies=())
    cases.append(pytest.param(replace(HOUSE, buckets=(HOUSE.buckets[0], dumb)), "s3:PutObject", id="access log"))
    return cases


@pytest.mark.parametrize(("house", "action"), weakened())
def test_nothing_that_deliveries_need_can_be_taken_away(house: Wiring, action: str) -> None:
    with pytest.raises(NotGranted) as refusal:
        PermissionProof(house).check_deliveries()
    assert refusal.value.action.startswith(action)


def test_a_refusal_says_who_what_where_and_why() -> None:
    with pytest.raises(NotGranted) as refusal:
        PermissionProof(HOUSE).check(JUDGE, "s3", "GetObject", READ | {"Key": "other/x"})
    assert str(refusal.value) == (
        f"{JUDGE} may not s3:GetObjectVersion on {DATA}/other/x (for s3 GetObject): "
        f"its own policies: statement 2 of JudgeDefaultPolicy allows it only on {DATA}/batches/*"
    )


def test_a_call_needs_the_key_of_what_it_reads() -> None:
    proof = PermissionProof(HOUSE)
    proof.check(JUDGE, "s3", "GetObject", READ)
    assert proof.calls == {(JUDGE, "s3:GetObjectVersion"): 1, (JUDGE, "kms:Decrypt"): 1}
    without_key = replace(HOUSE.roles[0], policies=(without(HOUSE.roles[0].policies[0], 1),))
    with pytest.raises(NotGranted, match="kms:Decrypt"):
        PermissionProof(replace(HOUSE, roles=(without_key,))).check(JUDGE, "s3", "GetObject", READ)


def test_a_denial_in_the_resource_policy_reaches_the_caller() -> None:
    refusing = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": f"{DATA}/*",
        "Principal": {"AWS": JUDGE},
        "Sid": "Quarantined",
    }
    buckets = (replace(HOUSE.buckets[0], policies=(document(refusing, name="DataPolicy"),)),)
    with pytest.raises(NotGranted, match=r"denied by s3:\* \(statement Quarantined of DataPolicy"):
        PermissionProof(replace(HOUSE, buckets=buckets)).check(JUDGE, "s3", "GetObject", READ)


def test_the_bucket_of_another_account_must_admit_the_role() -> None:
    theirs = replace(HOUSE.buckets[0], account="999999999999", key=None)
    with pytest.raises(NotGranted, match="the resource's policy: there is none"):
        PermissionProof(replace(HOUSE, buckets=(theirs,))).check(JUDGE, "s3", "GetObject", READ)
    admitting_us = replace(theirs, policies=(document(allow("s3:Get*", on=f"{DATA}/*", Principal=ROOT)),))
    PermissionProof(replace(HOUSE, buckets=(admitting_us,))).check(JUDGE, "s3", "GetObject", READ)


def test_a_condition_on_leading_keys_is_seen() -> None:
    leading = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["batches#*"]}}
    role = replace(
        HOUSE.roles[0], policies=(document(allow("dynamodb:GetItem", on=TABLE, Condition=leading), allow(*USE)),)
    )
    proof = PermissionProof(replace(HOUSE, roles=(role,)))
    proof.check(JUDGE, "dynamodb", "GetItem", {"TableName": "ledger", "Key": {"stream": {"S": "batches#m"}}})
    with pytest.raises(NotGranted, match="only if ForAllValues:StringLike dynamodb:LeadingKeys"):
        proof.check(JUDGE, "dynamodb", "GetItem", {"TableName": "ledger", "Key": {"stream": {"S": "retraining#m"}}})


def test_a_boundary_holds_a_role_back() -> None:
    limit = NamedDocument(f"arn:aws:iam::{ACCOUNT}:policy/limit", document(allow("sqs:*")).document)
    bound = replace(HOUSE.roles[0], boundary=limit.name)
    proof = PermissionProof(replace(HOUSE, roles=(bound,), managed_policies=(limit,)))
    with pytest.raises(NotGranted, match="outside the permissions boundary"):
        proof.check(JUDGE, "s3", "GetObject", READ)


def test_the_bus_keeps_out_whoever_is_not_the_publisher() -> None:
    PermissionProof(HOUSE).check(PUBLISHER, "events", "PutEvents", ANNOUNCEMENT)
    able = replace(HOUSE.roles[0], policies=(document(allow("events:*")),))
    with pytest.raises(NotGranted, match="denied by events:PutEvents"):
        PermissionProof(replace(HOUSE, roles=(able,))).check(JUDGE, "events", "PutEvents", ANNOUNCEMENT)
    open_bus = replace(HOUSE.buses[0], policies=(without(HOUSE.buses[0].policies[0], 0),))
    with pytest.raises(ConfigurationError, match="does not keep other roles from publishing"):
        PermissionProof(replace(HOUSE, buses=(open_bus,))).check_delivery(Edge(EdgeKind.PUBLICATION, PUBLISHER, BUS))


def test_a_key_that_aws_manages_admits_no_delivering_service() -> None:
    queue = replace(HOUSE.queues[0], key="alias/aws/sqs")
    proof = PermissionProof(replace(HOUSE, queues=(queue,)))
    with pytest.raises(NotGranted, match="a key that AWS manages admits no service"):
        proof.check_delivery(Edge(EdgeKind.RULE, RULE, QUEUE))
    proof.check_delivery(Edge(EdgeKind.MAPPING, QUEUE, JUDGING))


def test_a_topic_without_a_policy_has_the_default_one() -> None:
    """CloudWatch publishes in the owner's name; a policy of the topic's own replaces the default."""
    topic = TopicFact(TOPIC)
    PermissionProof(replace(HOUSE, topics=(topic,))).check_delivery(Edge(EdgeKind.ALARM, ALARM, TOPIC))


def test_functions_are_invoked_by_whom_they_permit() -> None:
    permitted = permission_document(JUDGING, principal="events.amazonaws.com", source_arn=RULE)
    function = FunctionFact(JUDGING, JUDGE, policies=(NamedDocument("Permission", permitted),))
    proof = PermissionProof(replace(HOUSE, functions=(function,)))
    proof.check_delivery(Edge(EdgeKind.RULE, RULE, JUDGING))
    with pytest.raises(NotGranted, match="allows it only on"):
        proof.check_delivery(Edge(EdgeKind.RULE, RULE, f"{JUDGING}:live"))
    with pytest.raises(NotGranted, match="admits only events"):
        proof.check_delivery(Edge(EdgeKind.SUBSCRIPTION, TOPIC, JUDGING))


def test_a_subscribed_queue_admits_its_topic() -> None:
    policy = document(admitting("sns.amazonaws.com", "sqs:SendMessage", on=DEAD, source=TOPIC))
    proof = PermissionProof(replace(HOUSE, queues=(QueueFact(DEAD, policies=(policy,)),)))
    proof.check_delivery(Edge(EdgeKind.SUBSCRIPTION, TOPIC, DEAD))
    with pytest.raises(NotGranted, match="aws:SourceArn"):
        proof.check_delivery(Edge(EdgeKind.SUBSCRIPTION, arn("sns", "other"), DEAD))


def test_a_rule_may_deliver_by_a_role() -> None:
    pipeline, courier = arn("sagemaker", "pipeline/train"), f"arn:aws:iam::{ACCOUNT}:role/Courier"
    trust = {
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "events.amazonaws.com"}}
    }
    role = Role(courier, trust, policies=(document(allow("sagemaker:StartPipelineExecution", on=pipeline)),))
    edge = Edge(EdgeKind.RULE, RULE, pipeline, role=courier)
    PermissionProof(replace(HOUSE, roles=(role,))).check_delivery(edge)
    with pytest.raises(NotGranted, match=r"events\.amazonaws\.com may not sts:AssumeRole"):
        PermissionProof(replace(HOUSE, roles=(replace(role, trust=LAMBDA_TRUST),))).check_delivery(edge)
    with pytest.raises(NotGranted, match="sagemaker:StartPipelineExecution"):
        PermissionProof(replace(HOUSE, roles=(replace(role, policies=()),))).check_delivery(edge)


def test_what_was_never_needed_is_listed() -> None:
    proof = PermissionProof(HOUSE)
    proof.check_deliveries()
    proof.check(JUDGE, "s3", "GetObject", READ)
    proof.check(PUBLISHER, "events", "PutEvents", ANNOUNCEMENT)
    left = {(grant.owner, grant.statement, grant.action) for grant in proof.unused()}
    assert left == {
        (JUDGE, "Ledger", "dynamodb:GetItem"),
        (JUDGE, "Ledger", "dynamodb:PutItem"),
        (JUDGE, "0", "logs:CreateLogGroup"),
    }
    proof.check(JUDGE, "dynamodb", "PutItem", {"TableName": "ledger", "Item": {"stream": {"S": "batches#1"}}})
    assert (JUDGE, "Ledger", "dynamodb:PutItem") not in {(g.owner, g.statement, g.action) for g in proof.unused()}


@pytest.mark.parametrize(
    ("edge", "complaint"),
    [
        (Edge(EdgeKind.RULE, RULE, arn("sqs", "nowhere")), "is not in the wiring"),
        (Edge(EdgeKind.MAPPING, QUEUE, arn("lambda", "function:Gone")), "is not in the wiring"),
        (Edge(EdgeKind.MAPPING, TOPIC, JUDGING), "a queue or a table's stream"),
        (Edge(EdgeKind.DESTINATION, JUDGING, arn("kinesis", "stream/x")), "no delivery to kinesis is known"),
        (Edge(EdgeKind.PUBLICATION, JUDGE, BUS), "denied by events:PutEvents"),
    ],
)
def test_an_edge_that_leads_nowhere_is_an_error(edge: Edge, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        PermissionProof(HOUSE).check_delivery(edge)


def test_keys_are_known_by_arn_id_and_alias() -> None:
    for name in (KEY, "1111", "alias/holdfast", arn("kms", "alias/holdfast")):
        PermissionProof(HOUSE).check(PUBLISHER, "kms", "Decrypt", {"KeyId": name})
    with pytest.raises(ConfigurationError, match="policy of key alias/other is not known"):
        PermissionProof(HOUSE).check(PUBLISHER, "kms", "Decrypt", {"KeyId": "alias/other"})


def test_a_managed_policy_of_unknown_content_is_refused() -> None:
    role = replace(HOUSE.roles[0], managed_policies=("arn:aws:iam::aws:policy/AdministratorAccess",))
    with pytest.raises(ConfigurationError, match=r"content is not known: .*AdministratorAccess"):
        PermissionProof(replace(HOUSE, roles=(role,)))
