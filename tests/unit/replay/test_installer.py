import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast_console.replay.installer import install, services
from holdfast_console.replay.intrinsics import TemplateError
from holdfast_console.replay.site import Site
from holdfast_console.replay.strict import strict
from holdfast_console.replay.wiring import EdgeKind

REGION, ACCOUNT = "eu-west-1", "123456789012"
HASH = "a" * 64
ASSUMED = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}],
}


def resource(kind: str, depends: str | None = None, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties, **({"DependsOn": depends} if depends else {})}


def sender(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def put(aws: None, tmp_path: Path) -> Iterator[Any]:
    def put(*stacks: dict[str, Any], **resources: Any) -> Site:
        templates = {f"Stack{number}": stack for number, stack in enumerate(stacks or ({"Resources": resources},))}
        return install(templates, site=Site(account=ACCOUNT, region=REGION, assets={HASH: tmp_path}))

    with strict():
        yield put


def test_what_is_referred_to_is_installed_first(put: Any) -> None:
    site = put(
        Policy=resource("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=sender("events.amazonaws.com")),
        Queue=resource(
            "SQS::Queue", RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 5}
        ),
        Dead=resource("SQS::Queue", depends="Last"),
        Last=resource("SQS::Queue", QueueName="last"),
    )
    names = [
        fact.arn.rsplit(":", 1)[-1].split("-")[-2] if "-" in fact.arn.rsplit(":", 1)[-1] else "last"
        for fact in site.wiring().queues
    ]
    assert names == ["last", "Dead", "Queue"]
    queue, dead = site.wiring().queues[2], site.wiring().queues[1]
    assert site.redrives == {queue.arn: (dead.arn, 5)}
    assert [policy.name for policy in queue.policies] == ["Policy"]


def test_a_circle_is_found(put: Any) -> None:
    other = {"Fn::GetAtt": ["B", "Arn"]}
    mine = {"Fn::GetAtt": ["A", "Arn"]}
    with pytest.raises(TemplateError, match="A → B → A"):
        put(
            A=resource("SQS::Queue", RedrivePolicy={"deadLetterTargetArn": other, "maxReceiveCount": 1}),
            B=resource("SQS::Queue", RedrivePolicy={"deadLetterTargetArn": mine, "maxReceiveCount": 1}),
        )


def test_an_unknown_type_fails(put: Any) -> None:
    with pytest.raises(TemplateError, match=r"Stack0/Odd: resource type AWS::Braket::Job is not known"):
        put(Odd=resource("Braket::Job"))


def test_an_unknown_property_fails(put: Any) -> None:
    with pytest.raises(TemplateError, match=r"Queue.*\['Colour'\]"):
        put(Queue=resource("SQS::Queue", Colour="blue"))


def test_what_is_ignored_has_its_reason(put: Any) -> None:
    site = put(Board=resource("CloudWatch::Dashboard", DashboardBody="{}"), Meta=resource("CDK::Metadata"))
    assert [name for name, reason in site.ignored if reason] == ["Board", "Meta"]
    assert all(len(reason) > 20 for service in services().values() for reason in service.ignored.values())


def test_a_resource_whose_condition_does_not_hold_is_left_out(put: Any) -> None:
    template = {
        "Conditions": {"Never": {"Fn::Equals": [1, 2]}},
        "Resources": {"Queue": {**resource("SQS::Queue"), "Condition": "Never"}},
    }
    assert put(template).wiring().queues == ()


def test_one_stack_imports_what_another_exports(put: Any) -> None:
    export = {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Key"}}}
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}
    first = {"Resources": {"Key": resource("KMS::Key", KeyPolicy=policy)}, "Outputs": {"Key": export}}
    second = {"Resources": {"Queue": resource("SQS::Queue", KmsMasterKeyId={"Fn::ImportValue": "Stack0:Key"})}}
    wiring = put(first, second).wiring()
    assert wiring.queues[0].key == wiring.keys[0].arn


def test_a_bucket_under_object_lock_is_made_so_with_its_retention(put: Any) -> None:
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 7}}
    put(
        Reports=resource(
            "S3::Bucket",
            BucketName="report-bucket",
            ObjectLockEnabled=True,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
        ),
        Plain=resource("S3::Bucket", BucketName="plain-bucket"),
    )
    s3 = boto3.client("s3", REGION)
    locked = s3.get_object_lock_configuration(Bucket="report-bucket")["ObjectLockConfiguration"]
    kept = locked["Rule"]["DefaultRetention"]
    assert (locked["ObjectLockEnabled"], kept["Mode"], kept["Days"]) == ("Enabled", "COMPLIANCE", 7)
    with pytest.raises(ClientError):
        s3.get_object_lock_configuration(Bucket="plain-bucket")


def test_a_bucket_gets_every_setting(put: Any) -> None:
    site = put(
        Logs=resource("S3::Bucket", BucketName="log-bucket"),
        Data=resource(
            "S3::Bucket",
            BucketName="data-bucket",
            VersioningConfiguration={"Status": "Enabled"},
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:key"},
                    }
                ]
            },
            PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": False},
            OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
            LifecycleConfiguration={
                "Rules": [
                    {"Status": "Enabled", "ExpirationInDays": 30, "NoncurrentVersionExpiration": {"NoncurrentDays": 7}}
                ]
            },
            LoggingConfiguration={"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "data/"},
            NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        ),
    )
    s3, name = boto3.client("s3", REGION), "data-bucket"
    rule = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == "arn:key"
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] is False
    assert (
        s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
        == "BucketOwnerPreferred"
    )
    assert (lifecycle["Expiration"]["Days"], lifecycle["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (30, 7)
    assert s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]["TargetBucket"] == "log-bucket"
    assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=name)
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == REGION
    assert [(edge.kind, edge.target) for edge in site.edges] == [(EdgeKind.ACCESS_LOG, "arn:aws:s3:::log-bucket/data/")]
    assert {fact.arn: fact.key for fact in site.wiring().buckets} == {
        "arn:aws:s3:::log-bucket": None,
        "arn:aws:s3:::data-bucket": "arn:key",
    }


def test_a_function_is_what_its_template_says(put: Any, tmp_path: Path) -> None:
    site = put(
        Role=resource("IAM::Role", AssumeRolePolicyDocument=ASSUMED),
        May=resource("IAM::Policy", PolicyName="May", PolicyDocument=ALLOWED, Roles=[{"Ref": "Role"}]),
        Layer=resource("Lambda::LayerVersion", Content={"S3Bucket": "assets", "S3Key": f"{HASH}.zip"}),
        Queue=resource("SQS::Queue"),
        Judge={
            **resource(
                "Lambda::Function",
                Code={"S3Bucket": "assets", "S3Key": f"{HASH}.zip"},
                Handler="package.judge.handler",
                Runtime="python3.12",
                Role={"Fn::GetAtt": ["Role", "Arn"]},
                Environment={"Variables": {"QUEUE": {"Ref": "Queue"}}},
                Layers=[{"Ref": "Layer"}],
                Timeout=60,
                MemorySize=512,
                TracingConfig={"Mode": "Active"},
            ),
            "Metadata": {"aws:cdk:path": "Stack/Batches/BatchJudge/Function/Resource"},
        },
        Feed=resource(
            "Lambda::EventSourceMapping",
            EventSourceArn={"Fn::GetAtt": ["Queue", "Arn"]},
            FunctionName={"Ref": "Judge"},
            BatchSize=3,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"kind": ["x"]}})}]},
        ),
    )
    function, source = next(iter(site.functions.values())), site.sources[0]
    assert (function.name, function.handler, function.timeout_seconds) == ("BatchJudge", "package.judge.handler", 60)
    assert function.environment["QUEUE"].startswith("https://sqs.eu-west-1.amazonaws.com/123456789012/Stack0-Queue-")
    assert (function.code, function.layers) == (tmp_path, (tmp_path,))
    assert (source.function, source.batch_size, source.reports_failures) == (function.arn, 3, True)
    assert source.filters[0].matches({"body": {"kind": "x"}})
    assert [edge.kind for edge in site.edges] == [EdgeKind.EXECUTION, EdgeKind.MAPPING]
    assert [policy.name for policy in site.wiring().roles[0].policies] == ["May"]
    assert site.wiring().functions[0].traced


def test_a_rule_is_kept_with_its_state_pattern_and_targets(put: Any) -> None:
    target = {
        "Id": "Queue",
        "Arn": {"Fn::GetAtt": ["Queue", "Arn"]},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}},
    }
    site = put(
        Queue=resource("SQS::Queue"),
        Dead=resource("SQS::Queue"),
        Bus=resource("Events::EventBus", Name="ledger"),
        Lock=resource(
            "Events::EventBusPolicy",
            EventBusName={"Ref": "Bus"},
            StatementId="Only",
            Statement={
                "Effect": "Deny",
                "Principal": "*",
                "Action": "events:PutEvents",
                "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
            },
        ),
        On=resource("Events::Rule", EventBusName={"Ref": "Bus"}, EventPattern={"source": ["a"]}, Targets=[target]),
        Off=resource("Events::Rule", EventPattern={"source": ["a"]}, State="DISABLED"),
        Timer=resource("Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[target]),
    )
    on, off, timer = site.rules
    assert (on.bus, on.enabled, off.bus, off.enabled) == ("ledger", True, "default", False)
    assert on.arn.startswith("arn:aws:events:eu-west-1:123456789012:rule/ledger/Stack0-On-")
    assert on.pattern is not None
    assert on.pattern.matches({"source": "a"})
    assert (timer.pattern, timer.schedule) == (None, "rate(1 hour)")
    assert [edge.kind for edge in site.edges] == [EdgeKind.RULE, EdgeKind.DEAD_LETTER] * 2
    assert site.wiring().buses[0].policies[0].document["Statement"][0]["Sid"] == "Only"  # type: ignore[index]


def test_who_may_publish_on_a_closed_bus_is_an_edge(put: Any) -> None:
    bus = {"Fn::GetAtt": ["Bus", "Arn"]}
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["events:PutEvents"], "Resource": bus}]}
    closed = {"Effect": "Deny", "Principal": "*", "Action": "events:PutEvents", "Resource": bus}
    site = put(
        Bus=resource("Events::EventBus", Name="ledger"),
        Lock=resource("Events::EventBusPolicy", EventBusName="ledger", StatementId="Only", Statement=closed),
        Publisher=resource(
            "IAM::Role", AssumeRolePolicyDocument=ASSUMED, Policies=[{"PolicyName": "May", "PolicyDocument": may}]
        ),
        Other=resource("IAM::Role", AssumeRolePolicyDocument=ASSUMED),
    )
    assert [(edge.kind, "Publisher" in edge.source) for edge in site.edges] == [(EdgeKind.PUBLICATION, True)]


def test_topics_alarms_and_log_groups_are_made(put: Any) -> None:
    site = put(
        Topic=resource("SNS::Topic"),
        May=resource("SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=sender("cloudwatch.amazonaws.com")),
        Queue=resource("SQS::Queue"),
        Listen=resource(
            "SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="sqs", Endpoint={"Fn::GetAtt": ["Queue", "Arn"]}
        ),
        Mail=resource("SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="email", Endpoint="team@example.com"),
        Alarm=resource(
            "CloudWatch::Alarm",
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            Statistic="Sum",
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[{"Ref": "Topic"}],
            OKActions=[{"Ref": "Topic"}],
        ),
        Log=resource("Logs::LogGroup", RetentionInDays=14),
    )
    topic, queue = site.wiring().topics[0].arn, site.wiring().queues[0].arn
    assert [(edge.kind, edge.target) for edge in site.edges] == [
        (EdgeKind.SUBSCRIPTION, queue),
        (EdgeKind.ALARM, topic),
    ]
    assert site.subscriptions == {topic: [queue, "team@example.com"]}
    assert boto3.client("cloudwatch", REGION).describe_alarms()["MetricAlarms"][0]["AlarmActions"] == [topic]
    assert boto3.client("logs", REGION).describe_log_groups()["logGroups"][0]["retentionInDays"] == 14
