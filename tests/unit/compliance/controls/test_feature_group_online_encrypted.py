from typing import Any

import pytest

from holdfast.compliance.controls.feature_group_online_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker import FEATURE_GROUP
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"OnlineStoreConfig": {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": "alias/ml"}}}, "pass"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": True}}, "fail"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": "true", "StorageType": "Standard"}}, "fail"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": True, "StorageType": "InMemory"}}, "not_applicable"),
        ({"OnlineStoreConfig": {"EnableOnlineStore": False}}, "not_applicable"),
        ({}, "not_applicable"),
    ],
)
def test_an_online_store_of_standard_storage_needs_a_key(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {FEATURE_GROUP: said})[0] == verdict
