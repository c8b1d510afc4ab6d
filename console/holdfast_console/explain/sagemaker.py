"""What SageMaker's events and calls cause."""

from collections.abc import Callable

from holdfast.compliance import catalogue
from holdfast.compliance.contract import StateChanged
from holdfast.compliance.doors import OF_SAGEMAKER, TELLING, kind_called, named
from holdfast.compliance.kind import Kind
from holdfast.shared.errors import ContractError
from holdfast_console.explain.words import Action, Document, action, ignore, listed, needed, tail, text

OWN_NEWS = {name.lower(): called for name, called in TELLING.items()}
ENDED = frozenset({"completed", "failed", "stopped"})
PIPELINE_ENDED = frozenset({"succeeded", "failed", "stopped"})
SETTLED = frozenset({"inservice", "failed", "outofservice", "updaterollbackfailed", "deleted"})


def checked(kind: Kind, name: str, reason: str) -> list[Action]:
    """Say that a resource is looked at, if it is one of SageMaker's: the vocabulary has no word for others."""
    called = kind.resource_type.removeprefix(OF_SAGEMAKER)
    if called == kind.resource_type:
        return ignore(f"{reason}; {kind.noun} {name} is looked at, for which the vocabulary has no word")
    return action("check_sagemaker_resource", reason, kind=called, name=name)


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


def _resource(event: Document) -> list[Action]:
    """Explain what a resource tells of itself: one that is going is seen to be gone by the sweep and by its call."""
    told = StateChanged.receive(event)
    called = OWN_NEWS[told.detail_type.lower()]
    if (told.text(f"{called}Status") or "").lower().startswith("delet"):
        return ignore(f"the {called} is going: nothing is left to check")
    name, kind = named(told, called), kind_called(called, catalogue.every_kind())
    if kind is None:
        return ignore(f"{told.detail_type}: a kind of resource that is not judged")
    return checked(kind, name, f"{called} was created or changed")


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
    **dict.fromkeys(OWN_NEWS, _resource),
}
