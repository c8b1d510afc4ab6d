from typing import Any

import pytest

from holdfast.compliance.controls.model_private_registry import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ({"PrimaryContainer": {"ImageConfig": {"RepositoryAccessMode": "Vpc"}}}, "pass"),
        ({"PrimaryContainer": {"ImageConfig": {"RepositoryAccessMode": "Platform"}}}, "fail"),
        ({"PrimaryContainer": {"Image": "model"}}, "fail"),
        ({"PrimaryContainer": {}, "Containers": [{"Image": "model"}]}, "not_applicable"),
        ({"Containers": [{"ImageConfig": {"RepositoryAccessMode": "Vpc"}}]}, "not_applicable"),
    ],
)
def test_the_primary_container_needs_a_registry_in_the_vpc(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL: said})[0] == verdict
