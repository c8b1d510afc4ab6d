"""What SageMaker's events and calls cause."""

import re
from collections.abc import Callable

from holdfast.shared.errors import ContractError
from holdfast_console.explain.words import Action, Document, action, at, ignore, listed, needed, tail, text

KINDS = (
    "NotebookInstanceLifecycleConfig", "NotebookInstance", "EndpointConfig", "Endpoint", "ModelPackageGroup",
    "ModelPackage", "Model", "DataQualityJobDefinition", "ModelQualityJobDefinition", "ModelBiasJobDefinition",
    "ModelExplainabilityJobDefinition", "MonitoringSchedule", "FeatureGroup", "InferenceExperiment", "AppImageConfig",
    "Image", "TrainingJob", "HyperParameterTuningJob", "ProcessingJob", "TransformJob", "AutoMLJob", "Domain",
    "UserProfile", "Space", "App",
)  # fmt: skip
CALL = re.compile(
    rf"(?:(?:Create|Update)({'|'.join(KINDS)})(?:V2|WeightsAndCapacities)?"
    r"|(?:Start|Stop)(MonitoringSchedule|InferenceExperiment)|Start(NotebookInstance))"
)
NAMED_OTHERWISE = {
    "InferenceExperiment": ("name",),
    "Domain": ("domainname", "domainid"),
    "ModelPackage": ("modelpackagearn", "modelpackagename", "modelpackagegroupname"),
}
ENDED = frozenset({"completed", "failed", "stopped"})
PIPELINE_ENDED = frozenset({"succeeded", "failed", "stopped"})
SETTLED = frozenset({"inservice", "failed", "outofservice", "updaterollbackfailed", "deleted"})


def called(name: str, record: Document) -> list[Action]:
    """Explain a call that CloudTrail recorded: a resource of a governed kind was created or changed."""
    matched = CALL.fullmatch(name)
    if matched is None:
        return ignore(f"{name} is not a governed SageMaker call")
    kind = next(group for group in matched.groups() if group)
    return _check(kind, _asked_for(kind, record), f"{name}: a governed resource was created or changed")


def _asked_for(kind: str, record: Document) -> str | None:
    given = at(record, "requestParameters")
    asked = {key.lower(): value for key, value in given.items()} if isinstance(given, dict) else {}
    default = "jobdefinitionname" if kind.endswith("JobDefinition") else f"{kind.lower()}name"
    return next((found for key in NAMED_OTHERWISE.get(kind, (default,)) if (found := text(asked, key))), None)


def bridged(event: Document) -> list[Action]:
    """Explain a state change that SageMaker tells EventBridge."""
    kind = (text(event, "detail-type") or "").lower()
    rule = STATE_CHANGES.get(kind)
    if rule is None:
        return ignore(f"{event.get('detail-type')}: a SageMaker event without a meaning for governance")
    return rule(event)


def _training(event: Document) -> list[Action]:
    status = _status(event, "TrainingJobStatus")
    if status not in ENDED:
        return ignore(f"the training job has not ended: {status}")
    return action("evaluate_training_result", f"the training job ended: {status}", job=_name(event, "TrainingJob"))


def _processing(event: Document) -> list[Action]:
    status = _status(event, "ProcessingJobStatus")
    if status != "failed":
        return ignore(f"the processing job has not failed: {status}")
    return action("record_processing_failure", "the processing job failed", job=_name(event, "ProcessingJob"))


def _pipeline(event: Document) -> list[Action]:
    status = _status(event, "currentPipelineExecutionStatus")
    if status not in PIPELINE_ENDED:
        return ignore(f"the pipeline execution has not ended: {status}")
    among = (arn for arn in listed(event, "resources") if isinstance(arn, str) and "/execution/" in arn)
    execution = needed("execution", text(event, "detail", "pipelineExecutionArn"), next(among, None))
    return action("evaluate_pipeline_result", f"the pipeline execution ended: {status}", execution=execution)


def _endpoint(event: Document) -> list[Action]:
    """Tell settled states from passing ones; events write IN_SERVICE where the API says InService."""
    status = _status(event, "EndpointStatus")
    name = _name(event, "Endpoint")
    if status in SETTLED:
        return action("record_deployment", f"the endpoint settled: {status}", endpoint=name)
    return action("record_only", f"the deployment is under way: {status}", endpoint=name)


def _package(event: Document) -> list[Action]:
    """Act on a change of approval alone: the event comes again when metadata is edited."""
    detail = event.get("detail")
    package = needed(
        "model package", text(detail, "ModelPackageArn"), text(event, "resources", 0), text(detail, "ModelPackageName")
    )
    edited = listed(detail, "UpdatedModelPackageFields")
    if edited and "ModelApprovalStatus" not in edited:
        return action("record_only", "metadata was edited, not the approval", package=package)
    approval = text(detail, "ModelApprovalStatus")
    if approval == "Rejected":
        return action("record_rejection", "the model package was rejected", package=package)
    if approval in ("Approved", "PendingManualApproval"):
        return action("evaluate_model_package", f"approval is {approval}", package=package)
    return action("record_only", f"approval is {approval or 'not asked for'}", package=package)


def _resource(kind: str) -> Callable[[Document], list[Action]]:
    def rule(event: Document) -> list[Action]:
        status = (text(event, "detail", f"{kind}Status") or "").lower()
        if status.startswith("delet"):
            return ignore(f"the {kind} is going: nothing is left to check")
        return _check(kind, _name(event, kind), f"{kind} was created or changed")

    return rule


def _check(kind: str, name: str | None, reason: str) -> list[Action]:
    return action("check_sagemaker_resource", reason, kind=kind, name=needed(f"{kind}", name))


def _status(event: Document, field: str) -> str:
    status = text(event, "detail", field)
    if status is None:
        raise ContractError(f"detail.{field} is missing")
    return status.replace("_", "").lower()


def _name(event: Document, kind: str) -> str:
    arns = (text(event, "detail", f"{kind}Arn"), text(event, "resources", 0), text(event, "Resources", 0))
    return needed(kind, text(event, "detail", f"{kind}Name"), *map(tail, arns))


STATE_CHANGES: dict[str, Callable[[Document], list[Action]]] = {
    "sagemaker training job state change": _training,
    "sagemaker processing job state change": _processing,
    "sagemaker model building pipeline execution status change": _pipeline,
    "sagemaker endpoint state change": _endpoint,
    "sagemaker endpoint deployment state change": _endpoint,
    "sagemaker model package state change": _package,
    "sagemaker endpoint config state change": _resource("EndpointConfig"),
    "sagemaker model state change": _resource("Model"),
    "sagemaker notebook instance state change": _resource("NotebookInstance"),
    "sagemaker notebook lifecycle config state change": _resource("NotebookInstanceLifecycleConfig"),
    "sagemaker feature group state change": _resource("FeatureGroup"),
}
