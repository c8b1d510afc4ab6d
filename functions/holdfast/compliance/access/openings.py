"""By which ways the public gets into a bucket: its policy and its ACL, after what blocks take away."""

from collections.abc import Callable, Sequence

from holdfast.compliance.access import acl
from holdfast.compliance.access.blocks import is_in_force
from holdfast.compliance.access.document import Statement, parse
from holdfast.compliance.access.doubt import UNSURE, any_of, gathered
from holdfast.compliance.access.publicity import public_grants
from holdfast.compliance.access.reach import ANYTHING
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACL, OWNERSHIP, POLICY

MOST = 60


def openings(facts: Facts, doing: Sequence[str] = ANYTHING, permissions: frozenset[str] = acl.ALL) -> str | None:
    """Say how the public gets in to do such things, if it does."""
    ways = gathered(lambda: by_policy(facts, doing), lambda: by_acl(facts, permissions))
    return "; ".join(ways) or None


def by_policy(facts: Facts, doing: Sequence[str] = ANYTHING) -> list[str]:
    """Name the statements of the policy that let the public in; RestrictPublicBuckets shuts them all."""
    return _unless(
        lambda: is_in_force(facts, "RestrictPublicBuckets"),
        lambda: [_told(grant) for grant in public_grants(policy_of(facts), facts.resource.name, doing)],
    )


def by_acl(facts: Facts, permissions: frozenset[str] = acl.ALL) -> list[str]:
    """Name what the ACL grants to the public; IgnorePublicAcls takes it away, and ownership may switch ACLs off."""

    return _unless(
        lambda: any_of(lambda: is_in_force(facts, "IgnorePublicAcls"), lambda: not acl.acls_count(facts[OWNERSHIP])),
        lambda: [said] if (said := acl.public_acl(facts[ACL], permissions)) is not None else [],
    )


def policy_of(facts: Facts) -> tuple[Statement, ...]:
    """Read the bucket's policy; without one there are no statements."""
    policy = facts[POLICY].get("Policy")
    return () if policy is None else parse(policy)


def _unless(is_shut: Callable[[], bool], ways: Callable[[], list[str]]) -> list[str]:
    """Give the ways in unless they are shut; where that is not known, only that there are none is an answer."""
    try:
        return [] if is_shut() else ways()
    except UNSURE:
        if ways():
            raise
        return []


def _told(grant: Statement) -> str:
    deeds = f"all but {', '.join(grant.not_actions)}" if grant.not_actions else ", ".join(grant.actions)
    return f"policy statement {grant.name} lets anyone {deeds if len(deeds) <= MOST else f'{deeds[:MOST]}…'}"
