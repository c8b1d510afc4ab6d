"""The online store of a feature group is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import is_on
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP
from holdfast.compliance.standards import nist


def check(facts: Facts) -> Ruling:
    """Fail if there is an online store of standard storage without a KMS key."""
    store = facts[FEATURE_GROUP].get("OnlineStoreConfig") or {}
    broken = missing({"OnlineStoreConfig": store}, "OnlineStoreConfig", "SecurityConfig", "KmsKeyId")
    if broken is not None and not is_on(store.get("EnableOnlineStore")):
        return NotApplicable("it has no online store")
    if broken is not None and store.get("StorageType") == "InMemory":
        return NotApplicable("its online store is in memory, not of standard storage")
    return broken


CONTROL = Control(
    id="feature_group_online_encrypted",
    kind="sagemaker_feature_group",
    title="the online store is encrypted with a KMS key of ours",
    severity="medium",
    rationale="The online store holds what is known of each customer or device at this moment.",
    advice="Make the feature group anew with OnlineStoreConfig.SecurityConfig.KmsKeyId: it cannot be changed.",
    references=(
        "SageMaker.18",
        "Config sagemaker-featuregroup-online-store-encryption",
        *nist("AU-9 CA-9(1) CM-3(6) SC-7(10) SC-12(2) SC-13 SC-28 SC-28(1) SI-7(6)"),
    ),
    events=(),
    reads=(FEATURE_GROUP,),
    check=check,
)
