from typing import Any

import pytest

from holdfast.compliance.controls.model_pipeline_private_registry import CONTROL
from holdfast.compliance.reads.sagemaker import MODEL
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (
            {
                "Containers": [
                    {"ImageConfig": {"RepositoryAccessMode": "Vpc"}},
                    {"ImageConfig": {"RepositoryAccessMode": "Vpc"}},
                ]
            },
            "pass",
        ),
        (
            {
                "Containers": [
                    {"ImageConfig": {"RepositoryAccessMode": "Vpc"}},
                    {"ImageConfig": {"RepositoryAccessMode": "Platform"}},
                ]
            },
            "fail",
        ),
        ({"Containers": [{"ImageConfig": {"RepositoryAccessMode": "Vpc"}}, {"Image": "model"}]}, "fail"),
        ({"PrimaryContainer": {"Image": "model"}, "Containers": []}, "not_applicable"),
        ({"PrimaryContainer": {"Image": "model"}}, "not_applicable"),
    ],
)
def test_every_container_of_a_pipeline_needs_a_registry_in_the_vpc(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {MODEL: said})[0] == verdict
