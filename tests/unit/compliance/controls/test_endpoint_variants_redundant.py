from typing import Any

import pytest

from holdfast.compliance.controls.endpoint_variants_redundant import CONTROL
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from tests.unit.compliance.look import look


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (
            {
                "ProductionVariants": [
                    {"VariantName": "a", "InitialInstanceCount": 2},
                    {"VariantName": "b", "InitialInstanceCount": 2},
                ]
            },
            "pass",
        ),
        (
            {
                "ProductionVariants": [
                    {"VariantName": "a", "InitialInstanceCount": 1},
                    {"VariantName": "b", "InitialInstanceCount": 2},
                ]
            },
            "fail",
        ),
        ({"ProductionVariants": [{"VariantName": "a", "InitialInstanceCount": 1}]}, "fail"),
        ({"ProductionVariants": [{"VariantName": "a", "InitialInstanceCount": "2"}]}, "pass"),
        (
            {
                "ProductionVariants": [
                    {"VariantName": "s", "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}
                ]
            },
            "not_applicable",
        ),
        (
            {
                "ProductionVariants": [
                    {"VariantName": "a", "InitialInstanceCount": 2},
                    {"VariantName": "s", "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}},
                ]
            },
            "pass",
        ),
        (
            {
                "ProductionVariants": [
                    {"VariantName": "a", "InitialInstanceCount": 1},
                    {"VariantName": "s", "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}},
                ]
            },
            "fail",
        ),
    ],
)
def test_every_variant_needs_two_instances_and_serverless_ones_have_none(said: dict[str, Any], verdict: str) -> None:
    assert look(CONTROL, {ENDPOINT_CONFIG: said})[0] == verdict


def test_the_variants_that_break_it_are_named() -> None:
    said = {
        "ProductionVariants": [
            {"VariantName": "a", "InitialInstanceCount": 1},
            {"VariantName": "b", "InitialInstanceCount": 2},
            {"VariantName": "c", "InitialInstanceCount": 1},
        ]
    }
    assert look(CONTROL, {ENDPOINT_CONFIG: said})[1] == "production variants with fewer than 2 instances: a, c"
