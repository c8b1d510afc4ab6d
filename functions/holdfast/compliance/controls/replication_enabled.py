"""Another bucket has a copy."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import REPLICATION, region_of
from holdfast.compliance.reads.s3_others import DESTINATIONS, HOME

CROSS, SAME = "CROSS-REGION", "SAME-REGION"


class Replicated(Parameters):
    """To where all copies must go, if that matters; AWS Config writes this name with a capital."""

    replication_type: Literal["CROSS-REGION", "SAME-REGION"] | None = Field(default=None, alias="ReplicationType")


def check(facts: Facts) -> str | None:
    """Fail unless a rule is enabled, and all that are go to another Region, or stay in this, as was asked for."""
    rules = facts[REPLICATION].get("ReplicationConfiguration", {}).get("Rules", [])
    if not any(rule.get("Status") == "Enabled" for rule in rules):
        return "no replication rule is enabled" if rules else "there is no replication rule"
    wanted = facts.given(Replicated).replication_type
    return None if wanted is None else _astray(facts[DESTINATIONS], wanted)


def _astray(where: Mapping[str, Any], wanted: str) -> str | None:
    home, found = region_of(where[HOME]), where["Locations"]
    lost = [name for name in found if not found[name]]
    astray = [name for name in found if (CROSS if region_of(found[name]) != home else SAME) != wanted]
    if lost:
        return f"objects are replicated to {', '.join(lost)}, which does not exist"
    return f"objects are replicated to {', '.join(astray)}, which is not {wanted}" if astray else None


CONTROL = Control(
    id="replication_enabled",
    kind="s3_bucket",
    title="objects are replicated",
    severity="low",
    rationale="What is deleted or overwritten in the only copy is gone.",
    advice="Enable versioning on both buckets and a replication rule for all objects.",
    references=("Config s3-bucket-replication-enabled",),
    events=("PutBucketReplication", "DeleteBucketReplication"),
    reads=(REPLICATION, DESTINATIONS),
    check=check,
    parameters=Replicated,
    optional=True,
)
