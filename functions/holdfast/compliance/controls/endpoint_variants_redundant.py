"""A production variant starts with more than one instance."""

from collections.abc import Mapping
from typing import Any

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG
from holdfast.compliance.standards import nist


def check(facts: Facts) -> Ruling:
    """Fail if a variant starts with one instance; what is serverless has none."""
    running = [
        each for each in facts[ENDPOINT_CONFIG].get("ProductionVariants", []) if not each.get("ServerlessConfig")
    ]
    if not running:
        return NotApplicable("no production variant runs on instances")
    single = [str(each.get("VariantName", "unnamed")) for each in running if _count(each) <= 1]
    return f"production variants with fewer than 2 instances: {', '.join(single)}" if single else None


def _count(variant: Mapping[str, Any]) -> int:
    return int(variant.get("InitialInstanceCount") or 0)


CONTROL = Control(
    id="endpoint_variants_redundant",
    kind="sagemaker_endpoint_config",
    title="every production variant starts with two instances or more",
    severity="medium",
    rationale="One instance stands in one Availability Zone, and takes the endpoint down with it.",
    advice="Make a new endpoint configuration with InitialInstanceCount of 2 or more, and update the endpoint to it.",
    references=(
        "SageMaker.4",
        "Config sagemaker-endpoint-config-prod-instance-count",
        "Prowler sagemaker_endpoint_config_prod_variant_instances",
        *nist("CP-10 SC-5 SC-36 SA-13"),
    ),
    events=(),
    reads=(ENDPOINT_CONFIG,),
    check=check,
)
