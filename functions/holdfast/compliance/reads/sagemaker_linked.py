"""What SageMaker keeps beside a resource, or of another one that it names."""

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.reads.sagemaker import (
    DATA_QUALITY,
    EXPLAINABILITY,
    MODEL_BIAS,
    MODEL_QUALITY,
    NOTEBOOK,
    PACKAGE_GROUP,
    SCHEDULE,
)

_SCRIPTS = Call(
    "sagemaker",
    "describe_notebook_instance_lifecycle_config",
    "sagemaker:DescribeNotebookInstanceLifecycleConfig",
    "service",
    ("ValidationException",),
)


def _scripts(ask: Ask) -> Fact:
    name = ask.fact(NOTEBOOK).get("NotebookInstanceLifecycleConfigName")
    return {} if not name else {"Name": name, **ask(_SCRIPTS, NotebookInstanceLifecycleConfigName=name)}


NOTEBOOK_SCRIPTS = Read("notebook_scripts", (*NOTEBOOK.calls, _SCRIPTS), _scripts)
"""The scripts that run on a notebook instance; without any, an empty fact; only their name if AWS has them no more."""

_DEFINITIONS = {
    kind: Call("sagemaker", read.calls[0].operation, read.calls[0].permission, "service", ("ResourceNotFound",))
    for kind, read in {
        "DataQuality": DATA_QUALITY,
        "ModelQuality": MODEL_QUALITY,
        "ModelBias": MODEL_BIAS,
        "ModelExplainability": EXPLAINABILITY,
    }.items()
}


def _definition(ask: Ask) -> Fact:
    config = ask.fact(SCHEDULE).get("MonitoringScheduleConfig") or {}
    kind = config.get("MonitoringType") or ask.fact(SCHEDULE).get("MonitoringType")
    if (
        config.get("MonitoringJobDefinition")
        or kind not in _DEFINITIONS
        or not config.get("MonitoringJobDefinitionName")
    ):
        return dict(config.get("MonitoringJobDefinition") or {})
    return ask(_DEFINITIONS[kind], JobDefinitionName=config["MonitoringJobDefinitionName"])


SCHEDULED_DEFINITION = Read("scheduled_definition", (*SCHEDULE.calls, *_DEFINITIONS.values()), _definition)
"""The job definition that a monitoring schedule holds, or else the one that it names."""

_GROUP_POLICY = Call(
    "sagemaker",
    "get_model_package_group_policy",
    "sagemaker:GetModelPackageGroupPolicy",
    "service",
    ("ValidationException", "ResourceNotFound"),
)


def _group_policy(ask: Ask) -> Fact:
    ask.fact(PACKAGE_GROUP)
    return ask(_GROUP_POLICY, ModelPackageGroupName=ask.resource.name)


PACKAGE_GROUP_POLICY = Read("model_package_group_policy", (*PACKAGE_GROUP.calls, _GROUP_POLICY), _group_policy)
