"""Events as AWS's documents describe them, in each wrapping, and what they cause."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.manifest import Manifest
from holdfast_console.explain.scope import Everything, Governed
from holdfast_console.explain.shapes import explain

Event = dict[str, Any]
ACCOUNT = "123456789012"
WORDS = {
    "start_drift_check", "note_object_removed", "recheck_bucket", "recheck_account", "mark_bucket_deleted",
    "check_sagemaker_resource", "evaluate_training_result", "evaluate_pipeline_result", "record_processing_failure",
    "record_rejection", "evaluate_model_package", "record_deployment", "handle_alarm", "record_only",
    "evaluate_config_rule", "evaluate_config_rule_periodic", "run_scheduled_sweep", "alert", "dead_letter", "ignore",
}  # fmt: skip


def said(document: object) -> list[Event]:
    return [one.said() for one in explain(document, Everything())]


def only(document: object) -> Event:
    [one] = said(document)
    return one


def does(document: object) -> str:
    return str(only(document)["do"])


def bridged(source: str, kind: str, detail: object, **more: Any) -> Event:
    return {
        "version": "0",
        "id": "e",
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "detail": detail,
        **more,
    }


def arrived(key: str = "a/batch.parquet", kind: str = "Object Created", **thing: Any) -> Event:
    return bridged(
        "aws.s3", kind, {"bucket": {"name": "data"}, "object": {"key": key, "size": 9, "etag": "e", **thing}}
    )


def record(key: str = "a/batch.parquet", name: str = "ObjectCreated:Put", **thing: Any) -> Event:
    return {
        "eventSource": "aws:s3",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "s3": {"bucket": {"name": "data"}, "object": {"key": key, "size": 9, **thing}},
    }


def call(service: str, name: str, parameters: object = None, **more: Any) -> Event:
    return {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "requestParameters": parameters,
        "recipientAccountId": ACCOUNT,
        "eventID": "e",
        **more,
    }


def queue(*bodies: str) -> Event:
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)
        ]
    }


def topic(message: str) -> Event:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"MessageId": "s", "Message": message}}]}


# Objects


@pytest.mark.parametrize(
    "key", ["a.parquet", "a/b.csv", "a/b.csv.gz", "a/b.jsonl", "a/B.PARQUET", "a/x=1/b c+d%41.csv"]
)
def test_a_tabular_object_starts_a_check_with_the_key_as_it_is(key: str) -> None:
    assert only(arrived(key)) == {"do": "start_drift_check", "bucket": "data", "key": key}


@pytest.mark.parametrize(
    ("sent", "real"),
    [
        ("a+b.csv", "a b.csv"),
        ("a%2Bb.csv", "a+b.csv"),
        ("year%3D2026/b%40c.csv", "year=2026/b@c.csv"),
        ("a%2541.csv", "a%41.csv"),
        ("%C3%A9.csv", "é.csv"),
    ],
)
def test_a_notifications_key_is_decoded_exactly_once(sent: str, real: str) -> None:
    assert only({"Records": [record(sent)]}) == {"do": "start_drift_check", "bucket": "data", "key": real}


def test_the_version_goes_along() -> None:
    assert only(arrived(**{"version-id": "v1"}))["version_id"] == "v1"
    assert only(record(versionId="v1"))["version_id"] == "v1"


@pytest.mark.parametrize(
    "event",
    [
        arrived(size=0),
        arrived("a/"),
        arrived("a/b.json"),
        arrived("a/b.parquet.gz"),
        arrived("quarantine/a.parquet"),
        arrived("ml/reports/a.csv"),
        record("a/report/b.csv"),
        record("a%2F"),
        record(size=0),
    ],
)
def test_what_is_no_batch_is_ignored(event: Event) -> None:
    assert does(event) == "ignore"


def test_a_file_that_is_only_named_like_a_report_is_a_batch() -> None:
    assert does(arrived("a/report.csv")) == "start_drift_check"


@pytest.mark.parametrize(
    "name",
    ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "s3:ObjectRemoved:Delete",
     "LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated"],
)  # fmt: skip
def test_an_object_that_went_is_noted(name: str) -> None:
    told = {"Records": [record("a+b.jpg", name)]}
    assert only(told) == {"do": "note_object_removed", "bucket": "data", "key": "a b.jpg"}
    assert only(arrived("a+b.jpg", "Object Deleted")) == {
        "do": "note_object_removed",
        "bucket": "data",
        "key": "a+b.jpg",
    }


@pytest.mark.parametrize(
    "name",
    ["ObjectTagging:Put", "ObjectAcl:Put", "ObjectRestore:Post", "LifecycleTransition", "IntelligentTiering",
     "s3:Replication:OperationFailedReplication", "Replication:OperationMissedThreshold",
     "ReducedRedundancyLostObject"],
)  # fmt: skip
def test_other_news_of_an_object_is_no_new_data(name: str) -> None:
    assert does({"Records": [record(name=name)]}) == "ignore"


@pytest.mark.parametrize(
    "kind",
    ["Object Restore Initiated", "Object Restore Completed", "Object Restore Expired", "Object Tags Added",
     "Object Tags Deleted", "Object ACL Updated", "Object Storage Class Changed", "Object Access Tier Changed"],
)  # fmt: skip
def test_so_is_it_by_eventbridge(kind: str) -> None:
    assert does(arrived(kind=kind)) == "ignore"


@pytest.mark.parametrize(
    "event",
    [
        bridged("aws.s3", "Object Created", {}),
        bridged("aws.s3", "Object Created", None),
        bridged("aws.s3", "Object Created", "text"),
        bridged("aws.s3", "Object Created", {"bucket": {"name": ""}, "object": {"key": "a.csv"}}),
        arrived(size="many"),
        arrived(""),
        record("%FF.csv"),
        {"eventSource": "aws:s3"},
        {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {"object": {"key": "a"}}}]},
    ],
)
def test_an_objects_event_that_lacks_what_it_is_about_is_kept(event: Event) -> None:
    assert only(event) == {"do": "dead_letter"}


def test_the_test_event_is_acknowledged_in_every_wrapping() -> None:
    test = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "data"}
    for wrapped in (test, queue(json.dumps(test)), topic(json.dumps(test))):
        assert only(wrapped) == {"do": "ignore"}


# Wrappings


def test_one_action_a_record_and_none_spoils_another() -> None:
    batch = {"Records": [record("a.csv"), {"eventSource": "aws:s3"}, 7, record("b.csv")]}
    assert [one["do"] for one in said(batch)] == ["start_drift_check", "dead_letter", "ignore", "start_drift_check"]


@pytest.mark.parametrize(
    "event", [arrived(), record(), {"Records": [record()]}, call("s3", "PutBucketAcl", {"bucketName": "b"})]
)
def test_a_wrapping_changes_nothing(event: Event) -> None:
    plain = said(event)
    text = json.dumps(event)
    notice = json.dumps({"Type": "Notification", "MessageId": "s", "TopicArn": "arn", "Message": text})
    for wrapped in (queue(text), topic(text), queue(notice), json.loads(notice), queue(json.dumps(queue(text)))):
        assert said(wrapped) == plain


@pytest.mark.parametrize(
    "body", ["", "hello", "7", '"text"', "[1]", "NaN", '{"a": Infinity}', "{" * 10_000, "1" * 5_000]
)
def test_a_message_that_is_no_json_object_is_lost_under_its_own_id(body: str) -> None:
    assert said(queue(body, json.dumps(arrived()))) == [
        {"do": "dead_letter", "message": "m0"},
        {"do": "start_drift_check", "bucket": "data", "key": "a/batch.parquet"},
    ]


def test_a_notice_that_is_no_json_is_lost_under_its_own_id() -> None:
    assert only(topic("hello")) == {"do": "dead_letter", "message": "s"}


def test_what_is_lost_deep_in_a_message_is_lost_under_the_outermost_id() -> None:
    assert only(queue(json.dumps({"Records": [{"eventSource": "aws:s3"}]}))) == {"do": "dead_letter", "message": "m0"}


@pytest.mark.parametrize(
    ("document", "name"),
    [(None, "null"), (True, "boolean"), (1, "number"), (1.5, "number"), ("x", "string"), ([], "list")],
    ids=repr,
)
def test_what_is_no_object_is_called_as_json_calls_it(document: object, name: str) -> None:
    [one] = explain(document, Everything())
    assert (one.do, one.reason) == ("ignore", f"a JSON {name} is no event")


def test_endless_wrappings_end() -> None:
    body = json.dumps(arrived())
    for _ in range(9):
        body = json.dumps({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": body}]})
    assert only(json.loads(body)) == {"do": "dead_letter", "message": "m"}


def test_json_in_a_queue_that_is_not_ours_is_ignored() -> None:
    assert only(queue('{"price": 450}')) == {"do": "ignore"}


# Calls that CloudTrail recorded


@pytest.mark.parametrize(
    "name",
    ["CreateBucket", "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketLifecycle", "PutBucketCors",
     "PutBucketLifecycleConfiguration", "PutBucketPublicAccessBlock", "PutPublicAccessBlock", "PutBucketTagging",
     "DeletePublicAccessBlock", "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration", "PutBucketWebsite",
     "PutBucketNotification", "DeleteBucketEncryption", "DeleteBucketOwnershipControls", "PutBucketReplication"],
)  # fmt: skip
def test_a_changed_bucket_is_checked_again_by_either_spelling(name: str) -> None:
    bare = call("s3", name, {"bucketName": "data"})
    for event in (bare, bridged("aws.s3", "AWS API Call via CloudTrail", bare), {"Records": [bare]}):
        assert only(event) == {"do": "recheck_bucket", "bucket": "data"}


def test_a_deleted_bucket_is_marked() -> None:
    assert only(call("s3", "DeleteBucket", {"bucketName": "data"})) == {"do": "mark_bucket_deleted", "bucket": "data"}


@pytest.mark.parametrize(
    "name",
    [
        "PutAccountPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
    ],
)
def test_the_accounts_block_is_the_accounts(name: str) -> None:
    assert only(call("s3", name, {"host": "x"})) == {"do": "recheck_account", "account": ACCOUNT}
    assert does(call("s3", name, {"host": "x"}, errorCode="AccessDenied")) == "ignore"
    assert does(call("s3", name, {"host": "x"}, recipientAccountId=None)) == "dead_letter"


@pytest.mark.parametrize(
    "parameters", [None, {}, {"bucketName": ""}, {"bucketName": None}, {"bucketName": 7}, "text", []]
)
def test_a_change_that_names_no_bucket_is_kept(parameters: object) -> None:
    assert only(call("s3", "PutBucketPolicy", parameters)) == {"do": "dead_letter"}


@pytest.mark.parametrize(
    "event",
    [
        call("s3", "PutBucketPolicy", {"bucketName": "data"}, errorCode="AccessDenied"),
        call("s3", "PutBucketPolicy", None, errorCode="NoSuchBucket"),
        call("s3", "PutBucketPolicy", {"bucketName": "data"}, readOnly=True),
        call("s3", "GetBucketPolicy", {"bucketName": "data"}),
        call("s3", "ListBuckets"),
        call("s3", "HeadBucket", {"bucketName": "data"}),
        call("s3", "PutObject", {"bucketName": "data", "key": "a.csv"}),
        call("s3", "DeleteObject", {"bucketName": "data", "key": "a.csv"}),
        call("s3", "CopyObject", {"bucketName": "data"}),
        call("s3-outposts", "PutBucketPolicy", {"bucketName": "data"}),
        call("ec2", "CreateVpc"),
        call("cloudtrail", "StopLogging", {"name": "t"}, errorCode="TrailNotFoundException"),
        call("cloudtrail", "DescribeTrails"),
        call("cloudtrail", "StartLogging", {"name": "t"}),
        call("sagemaker", "DescribeTrainingJob", {"trainingJobName": "j"}, readOnly=True),
        call("sagemaker", "CreateTrainingJob", {"trainingJobName": "j"}, errorCode="ValidationException"),
        call("sagemaker", "CreateLabelingJob", {"labelingJobName": "j"}),
        call("sagemaker", "AddTags", {"resourceArn": "arn"}),
        call("sagemaker", "DeleteEndpoint", {"endpointName": "e"}),
        call("sagemaker", "CreatePresignedNotebookInstanceUrl", {"notebookInstanceName": "n"}),
        bridged("aws.s3", "AWS Service Event via CloudTrail", {"eventName": "JobCreated"}),
        bridged("aws.signin", "AWS Console Sign In via CloudTrail", {"eventName": "ConsoleLogin"}),
    ],
)
def test_calls_that_change_nothing_of_ours_are_ignored(event: Event) -> None:
    assert only(event) == {"do": "ignore"}


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("cloudtrail", "StopLogging"),
        ("cloudtrail", "DeleteTrail"),
        ("cloudtrail", "UpdateTrail"),
        ("cloudtrail", "PutEventSelectors"),
        ("config", "StopConfigurationRecorder"),
        ("config", "DeleteConfigurationRecorder"),
        ("config", "DeleteDeliveryChannel"),
        ("config", "PutConfigurationRecorder"),
    ],
)
def test_evidence_switched_off_or_changed_is_an_alert(service: str, name: str) -> None:
    found = only(call(service, name, {"name": "x"}))
    assert found["do"] == "alert"
    assert found["about"]


@pytest.mark.parametrize(
    ("name", "parameters", "kind", "resource"),
    [
        ("CreateNotebookInstance", {"notebookInstanceName": "r"}, "NotebookInstance", "r"),
        ("UpdateNotebookInstance", {"notebookInstanceName": "r"}, "NotebookInstance", "r"),
        ("StartNotebookInstance", {"notebookInstanceName": "r"}, "NotebookInstance", "r"),
        (
            "CreateNotebookInstanceLifecycleConfig",
            {"notebookInstanceLifecycleConfigName": "r"},
            "NotebookInstanceLifecycleConfig",
            "r",
        ),
        ("CreateEndpointConfig", {"endpointConfigName": "r"}, "EndpointConfig", "r"),
        ("UpdateEndpointWeightsAndCapacities", {"endpointName": "r"}, "Endpoint", "r"),
        ("CreateModel", {"modelName": "r"}, "Model", "r"),
        ("CreateModelBiasJobDefinition", {"jobDefinitionName": "r"}, "ModelBiasJobDefinition", "r"),
        ("UpdateMonitoringSchedule", {"monitoringScheduleName": "r"}, "MonitoringSchedule", "r"),
        ("StopMonitoringSchedule", {"monitoringScheduleName": "r"}, "MonitoringSchedule", "r"),
        ("CreateFeatureGroup", {"featureGroupName": "r"}, "FeatureGroup", "r"),
        ("StartInferenceExperiment", {"name": "r"}, "InferenceExperiment", "r"),
        ("CreateImage", {"imageName": "r"}, "Image", "r"),
        ("UpdateAppImageConfig", {"appImageConfigName": "r"}, "AppImageConfig", "r"),
        ("CreateTrainingJob", {"trainingJobName": "r"}, "TrainingJob", "r"),
        ("CreateHyperParameterTuningJob", {"hyperParameterTuningJobName": "r"}, "HyperParameterTuningJob", "r"),
        ("CreateProcessingJob", {"processingJobName": "r"}, "ProcessingJob", "r"),
        ("CreateTransformJob", {"transformJobName": "r"}, "TransformJob", "r"),
        ("CreateAutoMLJobV2", {"autoMLJobName": "r"}, "AutoMLJob", "r"),
        ("UpdateDomain", {"domainId": "d-1"}, "Domain", "d-1"),
        ("CreateModelPackageGroup", {"modelPackageGroupName": "r"}, "ModelPackageGroup", "r"),
        ("UpdateModelPackage", {"modelPackageArn": "arn:x/1"}, "ModelPackage", "arn:x/1"),
    ],
)
def test_a_resource_created_or_changed_is_checked(name: str, parameters: Event, kind: str, resource: str) -> None:
    bare = call("sagemaker", name, parameters)
    expected = {"do": "check_sagemaker_resource", "kind": kind, "name": resource}
    assert only(bare) == expected
    assert only(bridged("aws.sagemaker", "AWS API Call via CloudTrail", bare)) == expected
    assert only(call("sagemaker", name, {})) == {"do": "dead_letter"}


def test_a_new_domain_is_known_by_the_id_that_only_the_answer_tells() -> None:
    told = {"domainArn": "arn:aws:sagemaker:eu-west-1:123456789012:domain/d-1", "url": "https://d-1"}
    created = call("sagemaker", "CreateDomain", {"domainName": "r"}, responseElements=told)
    assert only(created) == {"do": "check_sagemaker_resource", "kind": "Domain", "name": "d-1"}


@pytest.mark.parametrize("name", ["AddTags", "DeleteTags"])
def test_a_resource_that_was_tagged_is_checked(name: str) -> None:
    arn = "arn:aws:sagemaker:eu-west-1:123456789012:model/m"
    expected = {"do": "check_sagemaker_resource", "kind": "Model", "name": "m"}
    assert only(call("sagemaker", name, {"resourceArn": arn})) == expected
    assert does(call("sagemaker", name, {"resourceArn": arn.replace("model", "edge-deployment")})) == "ignore"


# SageMaker's own events


def state(kind: str, detail: object, *resources: str) -> Event:
    return bridged("aws.sagemaker", f"SageMaker {kind}", detail, resources=list(resources))


@pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
def test_a_training_job_that_ended_is_evaluated(status: str) -> None:
    told = {"TrainingJobName": "j", "TrainingJobStatus": status}
    assert only(state("Training Job State Change", told)) == {"do": "evaluate_training_result", "job": "j"}
    named_by_arn = state(
        "Training Job State Change", {"TrainingJobStatus": status}, "arn:aws:sagemaker:r:a:training-job/j"
    )
    assert only(named_by_arn) == {"do": "evaluate_training_result", "job": "j"}


@pytest.mark.parametrize("status", ["InProgress", "Stopping", "another status... GO"])
def test_one_that_has_not_is_not(status: str) -> None:
    assert does(state("Training Job State Change", {"TrainingJobName": "j", "TrainingJobStatus": status})) == "ignore"


@pytest.mark.parametrize(
    ("status", "do"),
    [("Failed", "record_processing_failure"), ("Completed", "ignore"), ("InProgress", "ignore"), ("Stopped", "ignore")],
)
def test_only_a_failed_processing_job_is_recorded(status: str, do: str) -> None:
    assert does(state("Processing Job State Change", {"ProcessingJobName": "j", "ProcessingJobStatus": status})) == do


@pytest.mark.parametrize(
    ("status", "do"),
    [
        ("Succeeded", "evaluate_pipeline_result"),
        ("Failed", "evaluate_pipeline_result"),
        ("Stopped", "evaluate_pipeline_result"),
        ("Executing", "ignore"),
        ("Stopping", "ignore"),
    ],
)
def test_a_pipeline_execution_is_evaluated_when_it_ended(status: str, do: str) -> None:
    kind = "Model Building Pipeline Execution Status Change"
    told = {"currentPipelineExecutionStatus": status}
    event = state(kind, told, "arn:aws:sagemaker:r:a:pipeline/p", "arn:aws:sagemaker:r:a:pipeline/p/execution/x")
    assert does(event) == do
    if do != "ignore":
        assert only(event)["execution"] == "arn:aws:sagemaker:r:a:pipeline/p/execution/x"


@pytest.mark.parametrize("kind", ["Endpoint State Change", "Endpoint Deployment State Change"])
@pytest.mark.parametrize(
    ("status", "do"),
    [
        ("IN_SERVICE", "record_deployment"),
        ("InService", "record_deployment"),
        ("FAILED", "record_deployment"),
        ("OUT_OF_SERVICE", "record_deployment"),
        ("UPDATE_ROLLBACK_FAILED", "record_deployment"),
        ("CREATING", "record_only"),
        ("UPDATING", "record_only"),
        ("SYSTEM_UPDATING", "record_only"),
        ("ROLLING_BACK", "record_only"),
        ("DELETING", "record_only"),
    ],
)
def test_an_endpoint_is_recorded_as_settled_or_under_way(kind: str, status: str, do: str) -> None:
    assert only(state(kind, {"EndpointName": "e", "EndpointStatus": status})) == {"do": do, "endpoint": "e"}


@pytest.mark.parametrize(
    ("told", "do"),
    [
        ({"ModelApprovalStatus": "PendingManualApproval"}, "evaluate_model_package"),
        ({"ModelApprovalStatus": "Approved"}, "evaluate_model_package"),
        ({"ModelApprovalStatus": "Approved", "UpdatedModelPackageFields": []}, "evaluate_model_package"),
        (
            {
                "ModelApprovalStatus": "Approved",
                "UpdatedModelPackageFields": ["ModelApprovalStatus", "ApprovalDescription"],
            },
            "evaluate_model_package",
        ),
        (
            {"ModelApprovalStatus": "Approved", "UpdatedModelPackageFields": ["CustomerMetadataProperties"]},
            "record_only",
        ),
        ({"ModelApprovalStatus": "Rejected", "UpdatedModelPackageFields": ["sourceUri"]}, "record_only"),
        ({"ModelApprovalStatus": "Rejected"}, "record_rejection"),
        ({}, "record_only"),
    ],
)
def test_a_package_is_judged_by_a_change_of_its_approval_alone(told: Event, do: str) -> None:
    event = state("Model Package State Change", {"ModelPackageArn": "arn:x/1", **told})
    assert only(event) == {"do": do, "package": "arn:x/1"}


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("Endpoint Config State Change", {"EndpointConfigName": "r"}, "EndpointConfig"),
        ("Model State Change", {"ModelName": "r"}, "Model"),
        (
            "Notebook Instance State Change",
            {"NotebookInstanceName": "r", "NotebookInstanceStatus": "InService"},
            "NotebookInstance",
        ),
        ("Feature Group State Change", {"FeatureGroupName": "r", "FeatureGroupStatus": "Created"}, "FeatureGroup"),
    ],
)
def test_a_resource_that_tells_of_itself_is_checked(kind: str, told: Event, expected: str) -> None:
    assert only(state(kind, told)) == {"do": "check_sagemaker_resource", "kind": expected, "name": "r"}


def test_a_resource_that_is_going_is_not() -> None:
    told = {"NotebookInstanceName": "n", "NotebookInstanceStatus": "Deleting"}
    assert does(state("Notebook Instance State Change", told)) == "ignore"


@pytest.mark.parametrize(
    "kind",
    ["Transform Job State Change", "HyperParameter Tuning Job State Change", "Image State Change",
     "Model Card State Change", "Model Building Pipeline Execution Step Status Change",
     "Ground Truth Labeling Job State Change"],
)  # fmt: skip
def test_other_news_of_sagemaker_has_no_meaning_here(kind: str) -> None:
    assert does(state(kind, {"TransformJobStatus": "Completed"})) == "ignore"


@pytest.mark.parametrize(
    "event",
    [
        state("Training Job State Change", {"TrainingJobName": "j"}),
        state("Training Job State Change", {"TrainingJobStatus": "Failed"}),
        state("Endpoint State Change", {"EndpointStatus": "IN_SERVICE"}),
        state("Model Package State Change", {"ModelApprovalStatus": "Approved"}),
        state("Model Building Pipeline Execution Status Change", {"currentPipelineExecutionStatus": "Failed"}),
        state("Endpoint Config State Change", None),
    ],
)
def test_news_without_its_subject_or_status_is_kept(event: Event) -> None:
    assert only(event) == {"do": "dead_letter"}


# Alarms, schedules, Config, findings


@pytest.mark.parametrize("value", ["ALARM", "OK", "INSUFFICIENT_DATA"])
def test_only_an_alarm_in_alarm_is_handled_by_each_way_it_comes(value: str) -> None:
    told = {"alarmName": "a", "state": {"value": value}}
    expected = {"do": "handle_alarm" if value == "ALARM" else "record_only", "alarm": "a", "state": value}
    message = json.dumps({"AlarmName": "a", "NewStateValue": value, "OldStateValue": "OK"})
    direct = {"source": "aws.cloudwatch", "alarmArn": "arn", "alarmData": told}
    for event in (bridged("aws.cloudwatch", "CloudWatch Alarm State Change", told), direct, topic(message)):
        assert only(event) == expected


def test_an_alarm_edited_is_recorded() -> None:
    event = bridged(
        "aws.cloudwatch", "CloudWatch Alarm Configuration Change", {"alarmName": "a", "operation": "delete"}
    )
    assert only(event) == {"do": "record_only", "alarm": "a"}


def test_an_alarm_without_a_name_is_kept() -> None:
    assert (
        does(bridged("aws.cloudwatch", "CloudWatch Alarm State Change", {"state": {"value": "ALARM"}})) == "dead_letter"
    )


@pytest.mark.parametrize("source", ["aws.events", "aws.scheduler"])
def test_a_schedule_runs_the_sweep(source: str) -> None:
    assert only(bridged(source, "Scheduled Event", {})) == {"do": "run_scheduled_sweep"}


def invoking(message: Event, **more: Any) -> Event:
    return {"invokingEvent": json.dumps(message), "resultToken": "t", "ruleParameters": "{}", **more}


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        ("ConfigurationItemChangeNotification", "configurationItem"),
        ("OversizedConfigurationItemChangeNotification", "configurationItemSummary"),
    ],
)
@pytest.mark.parametrize("left", [True, False])
def test_a_config_rule_is_answered(kind: str, item: str, left: bool) -> None:
    message = {"messageType": kind, item: {"resourceType": "AWS::S3::Bucket", "resourceId": "data"}}
    assert only(invoking(message, eventLeftScope=left)) == {
        "do": "evaluate_config_rule",
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "data",
        "left_scope": left,
    }


def test_a_periodic_config_rule_is_answered() -> None:
    assert only(invoking({"messageType": "ScheduledNotification"})) == {"do": "evaluate_config_rule_periodic"}


@pytest.mark.parametrize(
    "event", [{"invokingEvent": "{"}, {"invokingEvent": None}, invoking({}), invoking({"messageType": "Something"})]
)
def test_a_config_rule_that_asks_nothing_readable_is_kept(event: Event) -> None:
    assert only(event) == {"do": "dead_letter"}


def test_config_hints_at_buckets() -> None:
    detail = {"resourceType": "AWS::S3::Bucket", "resourceId": "data", "newEvaluationResult": {}}
    assert only(bridged("aws.config", "Config Rules Compliance Change", detail)) == {
        "do": "recheck_bucket",
        "bucket": "data",
    }
    item = {"resourceType": "AWS::S3::Bucket", "resourceName": "data", "configurationItemStatus": "OK"}
    message = {"messageType": "ConfigurationItemChangeNotification", "configurationItem": item}
    for event in (bridged("aws.config", "Config Configuration Item Change", message), topic(json.dumps(message))):
        assert only(event) == {"do": "recheck_bucket", "bucket": "data"}
    gone = {**message, "configurationItem": {**item, "configurationItemStatus": "ResourceDeleted"}}
    assert does(bridged("aws.config", "Config Configuration Item Change", gone)) == "mark_bucket_deleted"
    block = {"resourceType": "AWS::S3::AccountPublicAccessBlock", "resourceId": ACCOUNT}
    assert only(bridged("aws.config", "Config Rules Compliance Change", block)) == {
        "do": "recheck_account",
        "account": ACCOUNT,
    }
    other = {"resourceType": "AWS::EC2::Instance", "resourceId": "i-1"}
    assert does(bridged("aws.config", "Config Rules Compliance Change", other)) == "ignore"


BUCKET = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::data"}
USER = {"Type": "AwsIamUser", "Id": "arn:aws:iam::123456789012:user/ann"}
ASFF = {"SchemaVersion": "2018-10-08", "ProductArn": "arn", "Id": "f", "Resources": [USER, BUCKET]}


@pytest.mark.parametrize(
    "event",
    [
        ASFF,
        bridged("aws.securityhub", "Security Hub Findings - Imported", {"findings": [ASFF, ASFF]}),
        bridged("aws.securityhub", "Security Hub Findings - Custom Action", {"findings": [ASFF]}),
        bridged("aws.guardduty", "GuardDuty Finding", {"resource": {"s3BucketDetails": [{"name": "data"}]}}),
        bridged("aws.macie", "Macie Finding", {"resourcesAffected": {"s3Bucket": {"name": "data"}}}),
        bridged(
            "aws.access-analyzer",
            "Access Analyzer Finding",
            {"resourceType": "AWS::S3::Bucket", "resource": "arn:aws:s3:::data"},
        ),
    ],
)
def test_a_finding_from_elsewhere_is_a_hint_to_look_at_its_bucket_once(event: Event) -> None:
    assert only(event) == {"do": "recheck_bucket", "bucket": "data"}


def test_a_finding_of_several_buckets_is_several_hints() -> None:
    other = {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::other"}
    assert [one["bucket"] for one in said({**ASFF, "Resources": [BUCKET, other]})] == ["data", "other"]


@pytest.mark.parametrize(
    "event",
    [
        {**ASFF, "Resources": [USER]},
        {**ASFF, "Resources": []},
        bridged("aws.guardduty", "GuardDuty Finding", {"resource": {"resourceType": "Instance"}}),
        bridged(
            "aws.access-analyzer", "Access Analyzer Finding", {"resourceType": "AWS::IAM::Role", "resource": "arn"}
        ),
        bridged("aws.securityhub", "Security Hub Insight Results", {"findings": [ASFF]}),
        bridged("my.app", "Object Created", {"bucket": {"name": "data"}}),
        bridged("holdfast.ledger", "Batch Judged", {}),
        {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "eyJ9"}}]},
        {"Records": [{"eventSource": {"S": "aws:s3"}, "s3": {"M": {}}}]},
        {"Records": []},
        {"records": [{"data": "eyJ9"}]},
        {},
        [],
        7,
        None,
        "text",
    ],
)
def test_anything_else_is_ignored_with_a_reason(event: object) -> None:
    [one] = explain(event, Everything())
    assert one.do == "ignore"
    assert one.reason


# With a manifest


MANIFEST = Manifest.model_validate(
    {
        "scope": [{"kind": "s3_bucket", "match": "prod-*", "except": ["prod-tmp"]}],
        "buckets": [{"name": "data", "region": "eu-west-1"}],
        "models": {
            "bikes": {
                "owner": "ann",
                "batches": {"bucket": "data", "prefix": "reports/bikes/"},
                "reference": "s3://data/reference.parquet",
            },
            "folders": {
                "owner": "ann",
                "batches": {"bucket": "data", "prefix": "folders/", "closed_by": "success"},
                "reference": "s3://data/reference.parquet",
            },
            "lists": {
                "owner": "ann",
                "batches": {"bucket": "data", "prefix": "lists/", "closed_by": "manifest"},
                "reference": "s3://data/reference.parquet",
            },
        },
    }
)


@pytest.mark.parametrize(
    ("event", "do"),
    [
        (arrived("reports/bikes/a.parquet"), "start_drift_check"),
        (arrived("folders/day/part-0.parquet"), "ignore"),
        (arrived("folders/day/_SUCCESS", size=0), "start_drift_check"),
        (record("folders/day%3D1/_SUCCESS", size=0), "start_drift_check"),
        (arrived("lists/day/part-0.parquet"), "ignore"),
        (arrived("lists/day/unload.manifest"), "start_drift_check"),
        (arrived("reports/bikes/_SUCCESS", size=0), "ignore"),
        (arrived("reports/bikes/quarantine/a.parquet"), "ignore"),
        (arrived("elsewhere/a.parquet"), "ignore"),
        (arrived("elsewhere/a.parquet", "Object Deleted"), "ignore"),
        (call("s3", "PutBucketPolicy", {"bucketName": "data"}), "recheck_bucket"),
        (call("s3", "PutBucketPolicy", {"bucketName": "prod-a"}), "recheck_bucket"),
        (call("s3", "PutBucketPolicy", {"bucketName": "prod-tmp"}), "ignore"),
        (call("s3", "DeleteBucket", {"bucketName": "foreign"}), "ignore"),
        (call("s3", "PutBucketPolicy", {}), "dead_letter"),
        (ASFF, "recheck_bucket"),
        ({**ASFF, "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::foreign"}]}, "ignore"),
    ],
)
def test_the_manifest_decides_what_is_governed(event: Event, do: str) -> None:
    assert [one.do for one in explain(event, Governed(MANIFEST))] == [do]


# Anything at all

fields = st.sampled_from(
    ["Records", "eventSource", "EventSource", "eventName", "detail-type", "source", "detail", "body", "Sns",
     "Message", "s3", "bucket", "object", "key", "name", "size", "invokingEvent", "alarmData", "state", "value",
     "ProductArn", "Resources", "requestParameters", "bucketName", "findings", "resource", "s3BucketDetails", "Type",
     "messageType", "resources"]
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(
        ["aws:s3", "aws:sqs", "aws:sns", "s3.amazonaws.com", "sagemaker.amazonaws.com", "aws.s3", "aws.sagemaker",
         "aws.config", "Object Created", "ObjectCreated:Put", "AWS API Call via CloudTrail",
         "SageMaker Training Job State Change", "{}", "PutBucketPolicy", "CreateModel",
         "Security Hub Findings - Imported", "GuardDuty Finding", "Notification", "CloudWatch Alarm State Change",
         "aws.securityhub", "aws.guardduty", "aws.cloudwatch", '{"Records": [{}]}']
    ),
    st.text(max_size=8),
)  # fmt: skip
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(fields, st.text(max_size=4)), inner)
    ),
    max_leaves=24,
)


@settings(max_examples=1000)
@given(junk)
def test_no_document_crashes_and_each_gets_words_of_the_vocabulary(document: object) -> None:
    found = explain(document, Everything())
    assert found
    assert {one.do for one in found} <= WORDS
    assert all(one.reason for one in found)
