"""No object of a sample is public by its own ACL."""

from pydantic import Field

from holdfast.compliance.access.acl import acls_count, public_acl
from holdfast.compliance.access.blocks import is_in_force
from holdfast.compliance.access.doubt import any_of, those
from holdfast.compliance.access.standards import ACL_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK, OWNERSHIP
from holdfast.compliance.reads.s3_objects import ANY_ACL, OBJECTS, acl_of

NAMED = 3


class Sample(Parameters):
    """How many objects are looked at, spread over the first thousand."""

    sample_size: int = Field(default=10, ge=1, le=100)


def check(facts: Facts) -> str | None:
    """Fail if an object of the sample grants the public anything; where ACLs count for nothing none is looked at."""
    if any_of(lambda: not acls_count(facts[OWNERSHIP]), lambda: is_in_force(facts, "IgnorePublicAcls")):
        return None
    keys = [one["Key"] for one in facts[OBJECTS].get("Contents", [])]
    size = facts.given(Sample).sample_size
    picked = keys[:: max(1, len(keys) // size)][:size]
    found = those(picked, lambda key: public_acl(facts[acl_of(key)]) is not None)
    if not found:
        return None
    named = ", ".join(repr(key[:60]) for key in found[:NAMED])
    return f"{len(found)} of {len(picked)} objects looked at are public: {named}{', …' if len(found) > NAMED else ''}"


CONTROL = Control(
    id="public_objects",
    kind="s3_bucket",
    title="no object looked at is public by its own ACL",
    severity="high",
    rationale="An object may be public in a bucket that is not, and no setting of the bucket shows it.",
    advice="Switch ACLs off, or turn on IgnorePublicAcls; then no object's ACL opens it.",
    references=("Prowler s3_bucket_object_public",),
    events=("PutObjectAcl", *ACL_CHANGES),
    reads=(OWNERSHIP, BLOCK, ACCOUNT_BLOCK, OBJECTS, ANY_ACL),
    check=check,
    parameters=Sample,
    optional=True,
)
