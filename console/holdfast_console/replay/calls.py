"""Which IAM requests a boto3 call needs: one entry for each operation in use, and no guess about any other."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay import calls_compliance
from holdfast_console.replay.call import Call, Need, Needs, Surroundings, Table
from holdfast_console.replay.calls_dynamodb import DYNAMODB, STREAMS
from holdfast_console.replay.calls_s3 import S3, S3_CONTROL

SENDING = ("GenerateDataKey", "Decrypt")
"""What a producer needs of the key of a queue or a topic."""


def _queue(call: Call) -> str:
    """A queue's URL ends in its account and its name."""
    parts = urlsplit(call.text("QueueUrl")).path.split("/")
    if len(parts) < 3:
        raise call.malformed("QueueUrl must end in an account and a name", call.params["QueueUrl"])
    return f"arn:aws:sqs:{call.region}:{parts[-2]}:{parts[-1]}"


def _on_queue(action: str, *key_actions: str) -> Callable[[Call], Needs]:
    def needs(call: Call) -> Needs:
        queue = _queue(call)
        yield Need(f"sqs:{action}", queue)
        yield from call.key_use(call.around.encryption(queue), *key_actions, through="sqs")

    return needs


def _publish(call: Call) -> Needs:
    topic = call.text("TopicArn")
    yield Need("sns:Publish", topic)
    yield from call.key_use(call.around.encryption(topic), *SENDING, through="sns")


def _put_events(call: Call) -> Needs:
    for entry in call.listed("Entries"):
        bus = str(entry.get("EventBusName") or "default")
        context = {"events:source": str(entry.get("Source")), "events:detail-type": str(entry.get("DetailType"))}
        yield Need("events:PutEvents", bus if bus.startswith("arn:") else call.arn(f"event-bus/{bus}"), context)


def _on_pipeline(call: Call) -> Needs:
    return [Need(f"sagemaker:{call.operation}", call.named("PipelineName", "pipeline/"))]


def _on_execution(call: Call) -> Needs:
    return [Need(f"sagemaker:{call.operation}", call.text("PipelineExecutionArn"))]


def _create_training_job(call: Call) -> Needs:
    """The job's role is handed over to SageMaker, which takes a permission of its own."""
    job = call.named("TrainingJobName", "training-job/")
    tags = {str(tag["Key"]): str(tag["Value"]) for tag in call.listed("Tags")} if call.params.get("Tags") else {}
    tagged: dict[str, str | tuple[str, ...]] = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
    if tags:
        tagged["aws:TagKeys"] = tuple(tags)
        yield Need("sagemaker:AddTags", job, tagged)
    yield Need("sagemaker:CreateTrainingJob", job, tagged)
    passed = {"iam:PassedToService": "sagemaker.amazonaws.com", "iam:AssociatedResourceArn": job}
    yield Need("iam:PassRole", call.text("RoleArn"), passed)


def _on_training_job(call: Call) -> Needs:
    return [Need(f"sagemaker:{call.operation}", call.named("TrainingJobName", "training-job/"))]


def _on_all(call: Call) -> Needs:
    """An operation that IAM cannot limit to a resource."""
    return [Need(f"{call.service}:{call.operation}", "*")]


def _on_key(call: Call) -> Needs:
    return [Need(f"kms:{call.operation}", call.around.key_arn(call.text("KeyId")), {"kms:CallerAccount": call.account})]


def _put_metrics(call: Call) -> Needs:
    return [Need("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": call.text("Namespace")})]


TABLES: Mapping[str, Table] = {
    "s3": S3,
    "s3control": {**S3_CONTROL, **calls_compliance.S3_CONTROL},
    "dynamodb": DYNAMODB,
    "dynamodbstreams": STREAMS,
    "sqs": {
        "SendMessage": _on_queue("SendMessage", *SENDING),
        "SendMessageBatch": _on_queue("SendMessage", *SENDING),
        "ReceiveMessage": _on_queue("ReceiveMessage", "Decrypt"),
        "DeleteMessage": _on_queue("DeleteMessage"),
        "DeleteMessageBatch": _on_queue("DeleteMessage"),
        "ChangeMessageVisibility": _on_queue("ChangeMessageVisibility"),
        "ChangeMessageVisibilityBatch": _on_queue("ChangeMessageVisibility"),
        "GetQueueAttributes": _on_queue("GetQueueAttributes"),
    },
    "sns": {"Publish": _publish},
    "events": {"PutEvents": _put_events},
    "sagemaker": {
        **calls_compliance.SAGEMAKER,
        "StartPipelineExecution": _on_pipeline,
        "ListPipelineExecutions": _on_pipeline,
        "DescribePipeline": _on_pipeline,
        "DescribePipelineExecution": _on_execution,
        "ListPipelineExecutionSteps": _on_execution,
        "CreateTrainingJob": _create_training_job,
        "DescribeTrainingJob": _on_training_job,
        "ListTrainingJobs": _on_all,
    },
    "kms": {"Decrypt": _on_key, "GenerateDataKey": _on_key},
    "cloudtrail": calls_compliance.CLOUDTRAIL,
    "cloudwatch": {"PutMetricData": _put_metrics, **calls_compliance.CLOUDWATCH},
    "sts": {"GetCallerIdentity": lambda _: []},
}


def needs(
    service: str,
    operation: str,
    params: Mapping[str, object],
    *,
    region: str,
    account: str,
    around: Surroundings,
) -> list[Need]:
    """The requests one call turns into, each once; what is not in the table is an error, never a pass."""
    entry = TABLES.get(service, {}).get(operation)
    if entry is None:
        raise ConfigurationError(f"unknown call {service} {operation}: add it to the table of {__name__}")
    found: list[Need] = []
    for need in entry(Call(service, operation, params, region, account, around)):
        if need not in found:
            found.append(need)
    return found
