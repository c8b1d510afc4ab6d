"""What SageMaker says of a job."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask, Call, Fact, Read, described

TRAINING = described("describe_training_job", "sagemaker:DescribeTrainingJob", "TrainingJobName")
PROCESSING = described("describe_processing_job", "sagemaker:DescribeProcessingJob", "ProcessingJobName")
TRANSFORM = described("describe_transform_job", "sagemaker:DescribeTransformJob", "TransformJobName")
TUNING = described(
    "describe_hyper_parameter_tuning_job", "sagemaker:DescribeHyperParameterTuningJob", "HyperParameterTuningJobName"
)
AUTO_ML = described("describe_auto_ml_job_v2", "sagemaker:DescribeAutoMLJobV2", "AutoMLJobName")
COMPILATION = described("describe_compilation_job", "sagemaker:DescribeCompilationJob", "CompilationJobName")

MODEL = Call("sagemaker", "describe_model", "sagemaker:DescribeModel", "service")
TRANSFORM_MODEL = Read(
    "transform_model", (*TRANSFORM.calls, MODEL), lambda ask: ask(MODEL, ModelName=ask.fact(TRANSFORM)["ModelName"])
)

LIST_TAGS = Call("sagemaker", "list_tags", "sagemaker:ListTags", "service")


def tags_of(job: Read, type_in_arn: str) -> Read:
    """Read a job's tags, which the call that made it names too, in S3's shape."""

    def take(ask: Ask) -> Fact:
        said = ask.fact(job)
        return {"TagSet": list(said["Tags"]) if "Tags" in said else list(_pages(ask, type_in_arn))}

    return Read(f"{job.id}_tags", (*job.calls, LIST_TAGS), take)


def _pages(ask: Ask, type_in_arn: str) -> Iterator[Fact]:
    at = ask.resource
    arn = f"arn:{at.partition}:sagemaker:{at.region}:{at.account}:{type_in_arn}/{at.name}"
    for page in ask.pages(LIST_TAGS, ResourceArn=arn):
        yield from page.get("Tags", [])
