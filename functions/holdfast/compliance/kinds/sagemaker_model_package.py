"""A model package: one registered version of a model, named by what follows the type in its ARN."""

from holdfast.compliance.reads.sagemaker import PACKAGE, PACKAGE_TAGS
from holdfast.compliance.sagemaker import standing

KIND = standing(
    "sagemaker_model_package",
    noun="model package",
    api="ModelPackage",
    described=PACKAGE,
    tags=PACKAGE_TAGS,
    type_in_arn="model-package",
    items="ModelPackageSummaryList",
    listed_as="ModelPackageArn",
    narrowed={"ModelPackageType": "Both"},
    named_by=("requestParameters", "modelPackageArn"),
    named_otherwise={
        "CreateModelPackage": ("responseElements", "modelPackageArn"),
        "DeleteModelPackage": ("requestParameters", "modelPackageName"),
    },
)
