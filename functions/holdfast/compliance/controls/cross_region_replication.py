"""Another Region has a copy."""

from holdfast.compliance.access.doubt import some
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.reads.s3 import REPLICATION, VERSIONING, region_of
from holdfast.compliance.reads.s3_others import DESTINATIONS, HOME
from holdfast.compliance.standards import nist


def check(facts: Facts) -> str | None:
    """Fail unless an enabled rule copies objects to a bucket that there is, in another Region."""
    rules = facts[REPLICATION].get("ReplicationConfiguration", {}).get("Rules", [])
    if not any(rule.get("Status") == "Enabled" for rule in rules):
        return "no replication rule is enabled" if rules else "there is no replication rule"
    if facts[VERSIONING].get("Status") != "Enabled":
        return "versioning is not enabled, without which nothing is replicated"
    where = facts[DESTINATIONS]
    home, found = region_of(where[HOME]), where["Locations"]
    if some(found, lambda name: _region(found, name) not in (None, home)):
        return None
    told = ", ".join(f"{name} ({_region(found, name) or 'which does not exist'})" for name in found)
    return f"the bucket in {home} is replicated only to {told or 'nowhere'}"


def _region(found: Fact, name: str) -> str | None:
    return region_of(found[name]) if found[name] else None


CONTROL = Control(
    id="cross_region_replication",
    kind="s3_bucket",
    title="objects are replicated to another Region",
    severity="low",
    rationale="One copy in one Region is lost with it.",
    advice="Enable versioning on both buckets and replicate all objects to a bucket in another Region.",
    references=(
        "FSBP S3.7",
        "Config s3-bucket-cross-region-replication-enabled",
        "Prowler s3_bucket_cross_region_replication",
        *nist("AU-9(2) CP-6 CP-6(1) CP-6(2) CP-9 CP-10 SC-5(2) SC-36(2) SI-13(5)"),
    ),
    events=("PutBucketReplication", "DeleteBucketReplication", "PutBucketVersioning"),
    reads=(REPLICATION, VERSIONING, DESTINATIONS),
    check=check,
    optional=True,
)
