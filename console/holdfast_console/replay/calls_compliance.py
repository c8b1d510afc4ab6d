"""What the calls need by which compliance asks about resources of services other than S3's buckets and objects.

Sources: service authorization reference, "Amazon SageMaker AI", "AWS CloudTrail", "Amazon CloudWatch", "Amazon S3".
"""

from collections.abc import Callable

from holdfast_console.replay.call import Call, Need, Needs, Table


def _described(argument: str, kind: str) -> Callable[[Call], Needs]:
    """An operation on what one argument names, by name or by ARN."""
    return lambda call: [Need(f"{call.service}:{call.operation}", call.named(argument, f"{kind}/"))]


def _of_arn(argument: str) -> Callable[[Call], Needs]:
    return lambda call: [Need(f"{call.service}:{call.operation}", call.text(argument))]


def on_all(action: str) -> Callable[[Call], Needs]:
    """An operation that IAM cannot limit to a resource, by its action."""
    return lambda _: [Need(action, "*")]


DESCRIBED = {
    "DescribeAlgorithm": ("AlgorithmName", "algorithm"),
    "DescribeAppImageConfig": ("AppImageConfigName", "app-image-config"),
    "DescribeAutoMLJob": ("AutoMLJobName", "automl-job"),
    "DescribeAutoMLJobV2": ("AutoMLJobName", "automl-job"),
    "DescribeCluster": ("ClusterName", "cluster"),
    "DescribeCodeRepository": ("CodeRepositoryName", "code-repository"),
    "DescribeCompilationJob": ("CompilationJobName", "compilation-job"),
    "DescribeDataQualityJobDefinition": ("JobDefinitionName", "data-quality-job-definition"),
    "DescribeDomain": ("DomainId", "domain"),
    "DescribeEndpoint": ("EndpointName", "endpoint"),
    "DescribeEndpointConfig": ("EndpointConfigName", "endpoint-config"),
    "DescribeFeatureGroup": ("FeatureGroupName", "feature-group"),
    "DescribeFlowDefinition": ("FlowDefinitionName", "flow-definition"),
    "DescribeHumanTaskUi": ("HumanTaskUiName", "human-task-ui"),
    "DescribeHyperParameterTuningJob": ("HyperParameterTuningJobName", "hyper-parameter-tuning-job"),
    "DescribeImage": ("ImageName", "image"),
    "DescribeInferenceComponent": ("InferenceComponentName", "inference-component"),
    "DescribeInferenceExperiment": ("Name", "inference-experiment"),
    "DescribeLabelingJob": ("LabelingJobName", "labeling-job"),
    "DescribeMlflowTrackingServer": ("TrackingServerName", "mlflow-tracking-server"),
    "DescribeModel": ("ModelName", "model"),
    "DescribeModelBiasJobDefinition": ("JobDefinitionName", "model-bias-job-definition"),
    "DescribeModelCard": ("ModelCardName", "model-card"),
    "DescribeModelExplainabilityJobDefinition": ("JobDefinitionName", "model-explainability-job-definition"),
    "DescribeModelPackage": ("ModelPackageName", "model-package"),
    "DescribeModelPackageGroup": ("ModelPackageGroupName", "model-package-group"),
    "DescribeModelQualityJobDefinition": ("JobDefinitionName", "model-quality-job-definition"),
    "DescribeMonitoringSchedule": ("MonitoringScheduleName", "monitoring-schedule"),
    "DescribeNotebookInstance": ("NotebookInstanceName", "notebook-instance"),
    "DescribeNotebookInstanceLifecycleConfig": (
        "NotebookInstanceLifecycleConfigName", "notebook-instance-lifecycle-config",
    ),
    "DescribeProcessingJob": ("ProcessingJobName", "processing-job"),
    "DescribeProject": ("ProjectName", "project"),
    "DescribeStudioLifecycleConfig": ("StudioLifecycleConfigName", "studio-lifecycle-config"),
    "DescribeTransformJob": ("TransformJobName", "transform-job"),
    "DescribeWorkforce": ("WorkforceName", "workforce"),
    "GetModelPackageGroupPolicy": ("ModelPackageGroupName", "model-package-group"),
}  # fmt: skip
LISTED = (
    "Algorithms", "AppImageConfigs", "Apps", "AutoMLJobs", "Clusters", "CodeRepositories", "CompilationJobs",
    "DataQualityJobDefinitions", "Domains", "EndpointConfigs", "Endpoints", "FeatureGroups", "FlowDefinitions",
    "HumanTaskUis", "HyperParameterTuningJobs", "Images", "InferenceComponents", "InferenceExperiments",
    "LabelingJobs", "MlflowTrackingServers", "ModelBiasJobDefinitions", "ModelCards",
    "ModelExplainabilityJobDefinitions", "ModelPackageGroups", "ModelPackages", "ModelQualityJobDefinitions",
    "Models", "MonitoringSchedules", "NotebookInstanceLifecycleConfigs", "NotebookInstances", "ProcessingJobs",
    "Projects", "Spaces", "StudioLifecycleConfigs", "TransformJobs", "UserProfiles", "Workforces", "Workteams",
)  # fmt: skip

SAGEMAKER: Table = {
    **{operation: _described(argument, kind) for operation, (argument, kind) in DESCRIBED.items()},
    **{f"List{kind}": on_all(f"sagemaker:List{kind}") for kind in LISTED},
    "ListTags": _of_arn("ResourceArn"),
}
CLOUDTRAIL: Table = {
    "GetTrail": _described("Name", "trail"),
    "GetTrailStatus": _described("Name", "trail"),
    "GetEventSelectors": _described("TrailName", "trail"),
    "ListTrails": on_all("cloudtrail:ListTrails"),
}
CLOUDWATCH: Table = {"GetMetricData": on_all("cloudwatch:GetMetricData")}


def _multi_region(call: Call) -> Needs:
    return [Need("s3:GetMultiRegionAccessPoint", f"arn:aws:s3::{call.account}:accesspoint/{call.text('Name')}")]


S3_CONTROL: Table = {
    "GetAccessPoint": on_all("s3:GetAccessPoint"),
    "ListAccessPoints": on_all("s3:ListAccessPoints"),
    "GetMultiRegionAccessPoint": _multi_region,
    "ListMultiRegionAccessPoints": on_all("s3:ListMultiRegionAccessPoints"),
}
