"""A bucket says whose it is and what for."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, TAGS)


CONTROL = Control(
    id="required_tags",
    kind="s3_bucket",
    title="the bucket has its tags",
    severity="low",
    rationale="Without an owner on record nobody answers for a bucket, pays for it or may delete it.",
    advice="Tag the bucket with the keys that are asked for.",
    references=("Config s3-bucket-tagged",),
    events=("PutBucketTagging", "DeleteBucketTagging"),
    reads=(TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
