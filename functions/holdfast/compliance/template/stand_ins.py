"""What stands for the name, the ARN and the attributes of a resource that is not made yet.

CloudFormation gives a name to what the template does not name. Its logical id stands for it here: the same text
wherever the template refers to it, so that a policy on `${Bucket.Arn}/*` is a policy on that bucket.
"""

from dataclasses import dataclass

REF_IS_ARN = frozenset({"SageMaker", "SNS", "SecretsManager", "StepFunctions", "ElasticLoadBalancingV2"})
REF_IS_ARN_TYPES = frozenset({"AWS::IAM::ManagedPolicy", "AWS::SSO::PermissionSet", "AWS::ECS::Service"})
NAMED_BY = {
    "AWS::S3::AccessPoint": "Name",
    "AWS::S3::MultiRegionAccessPoint": "Name",
    "AWS::SageMaker::InferenceExperiment": "Name",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": "NotebookInstanceLifecycleConfigName",
    "AWS::KMS::Alias": "AliasName",
}
MADE_ELSEWHERE = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::Serverless::")
BELOW = {
    ("iam", "Role"): "role/", ("iam", "User"): "user/", ("iam", "Group"): "group/", ("iam", "ManagedPolicy"): "policy/",
    ("kms", "Key"): "key/", ("dynamodb", "Table"): "table/", ("lambda", "Function"): "function:",
    ("logs", "LogGroup"): "log-group:", ("sqs", "Queue"): "", ("sns", "Topic"): "",
    ("ec2", "VPCEndpoint"): "vpc-endpoint/", ("cloudfront", "Distribution"): "distribution/",
    ("s3", "AccessPoint"): "accesspoint/", ("s3", "MultiRegionAccessPoint"): "accesspoint/",
    ("secretsmanager", "Secret"): "secret:", ("states", "StateMachine"): "stateMachine:",
    ("sagemaker", "NotebookInstance"): "notebook-instance/", ("sagemaker", "EndpointConfig"): "endpoint-config/",
}  # fmt: skip
SERVICES = {"StepFunctions": "states", "ElasticLoadBalancingV2": "elasticloadbalancing", "Logs": "logs"}
GLOBAL = frozenset({"iam", "cloudfront"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The account and Region that a template is taken to be deployed in."""

    account: str = "000000000000"
    region: str = "us-east-1"
    partition: str = "aws"


def tail_of(type_name: str) -> str:
    """Give the last part of a type's name."""
    return type_name.rpartition("::")[2]


def naming_properties(type_name: str) -> tuple[str, ...]:
    """Give the properties that may name a resource of a type, the surest first."""
    named = NAMED_BY.get(type_name)
    return (named,) if named else (f"{tail_of(type_name)}Name", "JobDefinitionName", "Name")


def is_made_elsewhere(type_name: str) -> bool:
    """Tell whether a resource's attributes are made by code or by another template."""
    return type_name.startswith(MADE_ELSEWHERE)


def reference(type_name: str, name: str, around: Surroundings) -> str:
    """Give what `Ref` answers for a resource of this name."""
    parts = type_name.split("::")
    is_arn = type_name in REF_IS_ARN_TYPES or (len(parts) > 1 and parts[1] in REF_IS_ARN)
    return arn(type_name, name, around) if is_arn else name


def arn(type_name: str, name: str, around: Surroundings) -> str:
    """Give the ARN of a resource of this name."""
    if type_name in ("AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket"):
        return f"arn:{around.partition}:s3:::{name}"
    service, tail = _service(type_name), tail_of(type_name)
    below = BELOW.get((service, tail), f"{tail.lower()}/")
    region = "" if service in GLOBAL else around.region
    return f"arn:{around.partition}:{service}:{region}:{around.account}:{below}{name}"


def domain(attribute: str, name: str, around: Surroundings) -> str | None:
    """Give a bucket's address, if that is what the attribute is."""
    return {
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{around.region}.amazonaws.com",
        "DualStackDomainName": f"{name}.s3.dualstack.{around.region}.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-{around.region}.amazonaws.com",
    }.get(attribute)


def _service(type_name: str) -> str:
    parts = type_name.split("::")
    written = parts[1] if len(parts) > 1 else "unknown"
    return SERVICES.get(written, written.lower())
