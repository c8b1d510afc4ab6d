"""Nobody speaks to the bucket in clear text."""

from holdfast.compliance.access.clear_text import clear_text_gap
from holdfast.compliance.access.merging import with_statement
from holdfast.compliance.access.openings import policy_of
from holdfast.compliance.access.standards import POLICY_CHANGES
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK, POLICY
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.standards import nist

PUT, DELETE = "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"


def check(facts: Facts) -> str | None:
    """Fail unless the policy denies every request that does not use TLS."""
    if facts[POLICY].get("Policy") is None:
        return "there is no bucket policy to deny clear text"
    return clear_text_gap(policy_of(facts), facts.resource.name)


def propose(facts: Facts) -> Remedy | str:
    """Add one denial to the policy as it is; undone, the policy is again the text that it was, or none."""
    arn = f"arn:{facts.resource.partition}:s3:::{facts.resource.name}"
    merged = with_statement(
        facts,
        {
            "Sid": "DenyClearText",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )
    if merged.trouble is not None:
        return merged.trouble
    before = facts[POLICY].get("Policy")
    undo = (
        Step("delete_bucket_policy", DELETE) if before is None else Step("put_bucket_policy", PUT, {"Policy": before})
    )
    return Remedy(
        does="adds a statement to the bucket policy that denies everyone every request without TLS",
        apply=(Step("put_bucket_policy", PUT, {"Policy": merged.text}),),
        undo=(undo,),
    )


CONTROL = Control(
    id="tls_only",
    kind="s3_bucket",
    title="requests without TLS are denied",
    severity="medium",
    rationale="Requests in clear text can be read and changed on their way.",
    advice="Deny s3:* on the bucket and its objects to every principal when aws:SecureTransport is false.",
    references=(
        "FSBP S3.5",
        "Config s3-bucket-ssl-requests-only",
        "Prowler s3_bucket_secure_transport_policy",
        "CIS 5.0 2.1.1",
        "CIS 3.0 2.1.1",
        "CIS 1.4 2.1.2",
        *nist("AC-4 AC-17(2) IA-5(1) SC-7(4) SC-8 SC-8(1) SC-8(2) SC-12(3) SC-13 SC-23 SC-23(3) SI-7(6)"),
    ),
    events=POLICY_CHANGES,
    reads=(POLICY,),
    check=check,
    remediation=Remediation((PUT, DELETE), (POLICY, BLOCK, ACCOUNT_BLOCK), propose),
)
