"""A model package group: the versions of one model in the registry."""

from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared
from holdfast.compliance.reads.sagemaker import PACKAGE_GROUP, PACKAGE_GROUP_TAGS
from holdfast.compliance.reads.sagemaker_linked import PACKAGE_GROUP_POLICY
from holdfast.compliance.sagemaker import standing


def declares(group: Declared) -> dict[Read, Fact | Unread]:
    """Give the resource policy that the template puts on the group."""
    policy = group.properties.get("ModelPackageGroupPolicy")
    return {PACKAGE_GROUP_POLICY: {} if policy is None else {"ResourcePolicy": policy}}


KIND = standing(
    "sagemaker_model_package_group",
    noun="model package group",
    api="ModelPackageGroup",
    described=PACKAGE_GROUP,
    tags=PACKAGE_GROUP_TAGS,
    type_in_arn="model-package-group",
    verbs=("Create", "Delete"),
    also=("PutModelPackageGroupPolicy", "DeleteModelPackageGroupPolicy"),
    items="ModelPackageGroupSummaryList",
    declares=declares,
)
