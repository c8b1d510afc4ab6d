"""Runs in SageMaker: pipeline executions and training jobs, each looked for before it is started."""

from typing import Any

from botocore.exceptions import ClientError

from holdfast.retraining.contract import RunSeen
from holdfast.retraining.policy import TrainingJob
from holdfast.retraining.runs import CLOCKS_APART, DECISION, Order, Refused, Started, hyperparameters, parameters
from holdfast.shared.clients import DENIED, client, code_of, translate
from holdfast.shared.errors import ConfigurationError

GONE = frozenset({"ResourceNotFound", "ResourceNotFoundException"})
GONE_SAYS = ("Requested resource not found", "Could not find")
FUTILE = DENIED | GONE | {"ValidationException", "ResourceLimitExceeded"}


class Runs:
    """Start a run once, and see how it stands."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker

    @classmethod
    def connect(cls) -> "Runs":
        """Open SageMaker in this region."""
        return cls(client("sagemaker"))

    def describe(self, arn: str) -> RunSeen | None:
        """Read a run's present status; `None` if SageMaker does not know it."""
        try:
            if ":pipeline/" in arn:
                answer = self._sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
                status = answer["PipelineExecutionStatus"]
            else:
                answer = self._sagemaker.describe_training_job(TrainingJobName=arn.rpartition("/")[2])
                status = answer["TrainingJobStatus"]
        except ClientError as error:
            if _is_absent(error):
                return None
            raise translate(error, f"describing {arn}") from error
        return RunSeen(arn, str(status), answer.get("FailureReason") or None)

    def start(self, order: Order) -> Started | Refused:
        """Start what is ordered unless it was started before; what a retry cannot mend is refused."""
        try:
            if order.pipeline is not None:
                return self._execute(order, order.pipeline)
            if order.job is not None:
                return self._train(order, order.job)
        except ClientError as error:
            if code_of(error) in FUTILE:
                return Refused(code_of(error), str(translate(error, f"starting {order.name}"))[:900])
            raise translate(error, f"starting {order.name}") from error
        raise ConfigurationError(f"order {order.name} names neither a pipeline nor a training job")

    def find(self, order: Order) -> str | None:
        """Look for the run of an order by its name, whoever started it; `None` if SageMaker holds none."""
        try:
            if order.pipeline is not None:
                return self._execution_named(order, order.pipeline)
            standing = self._job_named(order)
        except ClientError as error:
            if _is_absent(error):
                return None
            raise translate(error, f"looking for {order.name}") from error
        return standing.arn if isinstance(standing, Started) else None

    def _execute(self, order: Order, pipeline: str) -> Started | Refused:
        if (arn := self._execution_named(order, pipeline)) is not None:
            return Started(arn, found=True)
        definition = self._sagemaker.describe_pipeline(PipelineName=pipeline)["PipelineDefinition"]
        told = parameters(order, definition=definition)
        if isinstance(told, Refused):
            return told
        answer = self._sagemaker.start_pipeline_execution(
            PipelineName=pipeline,
            PipelineExecutionDisplayName=order.name,
            PipelineExecutionDescription=f"Holdfast decision {order.decision_id}",
            PipelineParameters=[{"Name": name, "Value": value} for name, value in sorted(told.items())],
            ClientRequestToken=order.decision_id,
        )
        return Started(str(answer["PipelineExecutionArn"]), found=False)

    def _execution_named(self, order: Order, pipeline: str) -> str | None:
        pages = self._sagemaker.get_paginator("list_pipeline_executions").paginate(
            PipelineName=pipeline, CreatedAfter=order.decided_at - CLOCKS_APART
        )
        summaries = (summary for page in pages for summary in page["PipelineExecutionSummaries"])
        found = (one for one in summaries if one.get("PipelineExecutionDisplayName") == order.name)
        return next((str(one["PipelineExecutionArn"]) for one in found), None)

    def _train(self, order: Order, job: TrainingJob) -> Started | Refused:
        if (standing := self._job_named(order)) is not None:
            return standing
        told = hyperparameters(order)
        if isinstance(told, Refused):
            return told
        try:
            answer = self._sagemaker.create_training_job(**_request(order, job, told))
        except ClientError as error:
            if code_of(error) == "ResourceInUse" and (standing := self._job_named(order)) is not None:
                return standing
            raise
        return Started(str(answer["TrainingJobArn"]), found=False)

    def _job_named(self, order: Order) -> Started | Refused | None:
        """Look for a job of this name, and compare whose it is."""
        try:
            answer = self._sagemaker.describe_training_job(TrainingJobName=order.name)
        except ClientError as error:
            if _is_absent(error):
                return None
            raise
        if answer.get("HyperParameters", {}).get(DECISION) == order.decision_id:
            return Started(str(answer["TrainingJobArn"]), found=True)
        return Refused("name_taken", f"a training job named {order.name} exists and is of another decision")


def _request(order: Order, job: TrainingJob, told: dict[str, str]) -> dict[str, Any]:
    return {
        "TrainingJobName": order.name,
        "HyperParameters": told,
        "AlgorithmSpecification": {"TrainingImage": job.image, "TrainingInputMode": "File"},
        "RoleArn": job.role_arn,
        "OutputDataConfig": {"S3OutputPath": job.output},
        "ResourceConfig": {
            "InstanceType": job.instance_type,
            "InstanceCount": job.instance_count,
            "VolumeSizeInGB": job.volume_gb,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": job.max_runtime_minutes * 60},
    }


def _is_absent(error: ClientError) -> bool:
    """Tell whether SageMaker says that there is no such thing; for jobs it says so as a failed validation."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    return code_of(error) in GONE or (code_of(error) == "ValidationException" and message.startswith(GONE_SAYS))
