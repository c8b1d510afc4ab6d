"""The offline store of a feature group is encrypted with a key of ours."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP


def check(facts: Facts) -> Ruling:
    """Fail if there is an offline store without a KMS key."""
    group = facts[FEATURE_GROUP]
    if not group.get("OfflineStoreConfig"):
        return NotApplicable("it has no offline store")
    return missing(group, "OfflineStoreConfig", "S3StorageConfig", "KmsKeyId")


CONTROL = Control(
    id="feature_group_offline_encrypted",
    kind="sagemaker_feature_group",
    title="the offline store is encrypted with a KMS key of ours",
    severity="medium",
    rationale="The offline store keeps every value a feature ever had: training data under another name.",
    advice="Make the feature group anew with OfflineStoreConfig.S3StorageConfig.KmsKeyId: it cannot be changed.",
    references=(
        "SageMaker.17",
        "Config sagemaker-featuregroup-encryption-at-rest",
        "Prowler sagemaker_feature_group_offline_store_encrypted_with_cmk",
    ),
    events=(),
    reads=(FEATURE_GROUP,),
    check=check,
)
