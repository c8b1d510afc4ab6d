"""What SageMaker says of the resources that stay."""

from holdfast.compliance.facts import Ask, Call, Fact, Read, described
from holdfast.compliance.reads.sagemaker_jobs import LIST_TAGS


def arn_of(ask: Ask, type_in_arn: str) -> str:
    """Build the ARN of the resource that is asked about."""
    it = ask.resource
    return f"arn:{it.partition}:sagemaker:{it.region}:{it.account}:{type_in_arn}/{it.name}"


def tags_of(resource: Read, arn: str, type_in_arn: str) -> Read:
    """Read a resource's tags in S3's shape, by the ARN that it says it has: its name may be in other letters there."""

    def take(ask: Ask) -> Fact:
        said = ask.fact(resource)
        if "Tags" in said:
            return {"TagSet": list(said["Tags"])}
        pages = ask.pages(LIST_TAGS, ResourceArn=said.get(arn) or arn_of(ask, type_in_arn))
        return {"TagSet": [tag for page in pages for tag in page.get("Tags", [])]}

    return Read(f"{resource.id}_tags", (*resource.calls, LIST_TAGS), take)


def _of(api: str, operation: str, name: str | None = None) -> Read:
    return described(f"describe_{operation}", f"sagemaker:Describe{api}", name or f"{api}Name")


NOTEBOOK = _of("NotebookInstance", "notebook_instance")
ENDPOINT_CONFIG = _of("EndpointConfig", "endpoint_config")
ENDPOINT = _of("Endpoint", "endpoint")
MODEL = _of("Model", "model")
DATA_QUALITY = _of("DataQualityJobDefinition", "data_quality_job_definition", "JobDefinitionName")
MODEL_QUALITY = _of("ModelQualityJobDefinition", "model_quality_job_definition", "JobDefinitionName")
MODEL_BIAS = _of("ModelBiasJobDefinition", "model_bias_job_definition", "JobDefinitionName")
EXPLAINABILITY = _of("ModelExplainabilityJobDefinition", "model_explainability_job_definition", "JobDefinitionName")
SCHEDULE = _of("MonitoringSchedule", "monitoring_schedule")
FEATURE_GROUP = _of("FeatureGroup", "feature_group")
EXPERIMENT = _of("InferenceExperiment", "inference_experiment", "Name")
APP_IMAGE_CONFIG = _of("AppImageConfig", "app_image_config")
IMAGE = _of("Image", "image")
DOMAIN = _of("Domain", "domain", "DomainId")
PACKAGE_GROUP = _of("ModelPackageGroup", "model_package_group")
LIFECYCLE_CONFIG = _of("NotebookInstanceLifecycleConfig", "notebook_instance_lifecycle_config")

_PACKAGE = Call("sagemaker", "describe_model_package", "sagemaker:DescribeModelPackage", "service")
PACKAGE = Read(
    "describe_model_package", (_PACKAGE,), lambda ask: ask(_PACKAGE, ModelPackageName=arn_of(ask, "model-package"))
)

NOTEBOOK_TAGS = tags_of(NOTEBOOK, "NotebookInstanceArn", "notebook-instance")
ENDPOINT_CONFIG_TAGS = tags_of(ENDPOINT_CONFIG, "EndpointConfigArn", "endpoint-config")
ENDPOINT_TAGS = tags_of(ENDPOINT, "EndpointArn", "endpoint")
MODEL_TAGS = tags_of(MODEL, "ModelArn", "model")
DATA_QUALITY_TAGS = tags_of(DATA_QUALITY, "JobDefinitionArn", "data-quality-job-definition")
MODEL_QUALITY_TAGS = tags_of(MODEL_QUALITY, "JobDefinitionArn", "model-quality-job-definition")
MODEL_BIAS_TAGS = tags_of(MODEL_BIAS, "JobDefinitionArn", "model-bias-job-definition")
EXPLAINABILITY_TAGS = tags_of(EXPLAINABILITY, "JobDefinitionArn", "model-explainability-job-definition")
SCHEDULE_TAGS = tags_of(SCHEDULE, "MonitoringScheduleArn", "monitoring-schedule")
FEATURE_GROUP_TAGS = tags_of(FEATURE_GROUP, "FeatureGroupArn", "feature-group")
EXPERIMENT_TAGS = tags_of(EXPERIMENT, "Arn", "inference-experiment")
APP_IMAGE_CONFIG_TAGS = tags_of(APP_IMAGE_CONFIG, "AppImageConfigArn", "app-image-config")
IMAGE_TAGS = tags_of(IMAGE, "ImageArn", "image")
DOMAIN_TAGS = tags_of(DOMAIN, "DomainArn", "domain")
PACKAGE_GROUP_TAGS = tags_of(PACKAGE_GROUP, "ModelPackageGroupArn", "model-package-group")
PACKAGE_TAGS = tags_of(PACKAGE, "ModelPackageArn", "model-package")
LIFECYCLE_CONFIG_TAGS = tags_of(
    LIFECYCLE_CONFIG, "NotebookInstanceLifecycleConfigArn", "notebook-instance-lifecycle-config"
)
