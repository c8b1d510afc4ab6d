"""What AWS maps a closed bucket to (Security Hub guide, S3 controls), and the calls by which one is opened."""

from holdfast.compliance.standards import nist

NIST_CLOSED = nist(
    "AC-3 AC-3(7) AC-4 AC-4(21) AC-6 AC-21 SC-7 SC-7(3) SC-7(4) SC-7(9) SC-7(11) SC-7(16) SC-7(20) SC-7(21)"
)
POLICY_CHANGES = ("PutBucketPolicy", "DeleteBucketPolicy")
ACL_CHANGES = ("PutBucketAcl", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls")
BLOCK_CHANGES = (
    "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutPublicAccessBlock", "DeletePublicAccessBlock",
)  # fmt: skip
CHANGES = (*POLICY_CHANGES, *ACL_CHANGES, *BLOCK_CHANGES, "PutBucketWebsite")
