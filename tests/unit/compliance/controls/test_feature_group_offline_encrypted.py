from typing import Any

import pytest

from holdfast.compliance.controls.feature_group_offline_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://ml", "KmsKeyId": "alias/ml"}}}, "pass"),
        ({"OfflineStoreConfig": {"S3StorageConfig": {"S3Uri": "s3://ml"}}}, "fail"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": True}}, "not_applicable"),
    ],
)
def test_an_offline_store_needs_a_key(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {FEATURE_GROUP: said})[0] == verdict
