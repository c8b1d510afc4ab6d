"""The bucket refuses public access, whatever its policy and ACLs say."""

from holdfast.compliance.access.blocks import SETTINGS, off
from holdfast.compliance.access.standards import BLOCK_CHANGES, NIST_CLOSED
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import BLOCK
from holdfast.compliance.remedy import Remediation, Remedy, Step

PERMISSION = "s3:PutBucketPublicAccessBlock"


class Excluded(Parameters):
    """The buckets that are public on purpose."""

    excluded_public_buckets: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail unless all four settings of the bucket are on; the account's own block does not count here."""
    if facts.resource.name in facts.given(Excluded).excluded_public_buckets:
        return NotApplicable("the bucket is among excludedPublicBuckets")
    wanting = off(facts[BLOCK])
    if len(wanting) == len(SETTINGS):
        return "the bucket has no public access block"
    return f"public access block: {', '.join(wanting)} off" if wanting else None


def propose(facts: Facts) -> Remedy | str:
    """Turn all four settings on; undone, they are again what they were."""
    before = facts[BLOCK].get("PublicAccessBlockConfiguration")
    kept = {setting: setting not in off(facts[BLOCK]) for setting in SETTINGS}
    undo = _put(kept) if before else Step("delete_public_access_block", PERMISSION)
    return Remedy(
        does=f"turns on {', '.join(off(facts[BLOCK])) or 'nothing'}: whoever the public was gets in no more",
        apply=(_put(dict.fromkeys(SETTINGS, True)),),
        undo=(undo,),
    )


def _put(settings: dict[str, bool]) -> Step:
    return Step("put_public_access_block", PERMISSION, {"PublicAccessBlockConfiguration": settings})


CONTROL = Control(
    id="public_access_block",
    kind="s3_bucket",
    title="the public access block is complete",
    severity="high",
    rationale="The block keeps a mistaken policy or ACL from opening the bucket to the world.",
    advice="Turn on all four settings of the bucket's public access block.",
    references=(
        "FSBP S3.8",
        "Config s3-bucket-level-public-access-prohibited",
        "CIS 5.0 2.1.4",
        "CIS 3.0 2.1.4",
        "CIS 1.4 2.1.5",
        *NIST_CLOSED,
    ),
    events=BLOCK_CHANGES,
    reads=(BLOCK,),
    check=check,
    parameters=Excluded,
    remediation=Remediation((PERMISSION,), (BLOCK,), propose),
)
