"""Old versions do not pile up."""

from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import LIFECYCLE, VERSIONING
from holdfast.compliance.standards import nist


class Named(Parameters):
    """The buckets for which this holds, if not for all."""

    bucket_names: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail if versions are kept and no lifecycle rule is enabled; a disabled rule does nothing."""
    named = facts.given(Named).bucket_names
    if named and facts.resource.name not in named:
        return NotApplicable("bucketNames leaves this bucket out")
    if facts[VERSIONING].get("Status") != "Enabled":
        return NotApplicable("versioning is not enabled")
    rules = facts[LIFECYCLE].get("Rules", [])
    if any(rule.get("Status") == "Enabled" for rule in rules):
        return None
    return f"versioning is enabled and {'no lifecycle rule is' if rules else 'there is no lifecycle rule'}"


CONTROL = Control(
    id="versioned_needs_lifecycle",
    kind="s3_bucket",
    title="a lifecycle rule looks after the versions",
    severity="medium",
    rationale="In a versioned bucket nothing that is deleted goes away: without rules it only ever grows.",
    advice="Add a lifecycle rule that expires noncurrent versions and expired delete markers.",
    references=(
        "FSBP S3.10",
        "Config s3-version-lifecycle-policy-check",
        *nist("CP-6(2) CP-9 CP-10 SC-5(2) SI-13(5)"),
    ),
    events=(
        "PutBucketVersioning",
        "PutBucketLifecycle",
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "DeleteBucketLifecycleConfiguration",
    ),
    reads=(VERSIONING, LIFECYCLE),
    check=check,
    parameters=Named,
    optional=True,
)
