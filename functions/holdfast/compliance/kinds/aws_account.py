"""The account itself: what is set once for all of its resources."""

from collections.abc import Iterator

from holdfast.compliance.facts import Ask
from holdfast.compliance.kind import Kind


def listed(ask: Ask) -> Iterator[str]:
    """Name the one account there is."""
    yield ask.resource.account


BLOCKS = (
    "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock",
    "PutPublicAccessBlock",
    "DeletePublicAccessBlock",
)
KIND = Kind(
    id="aws_account",
    resource_type="AWS::::Account",
    noun="account",
    sources=("aws.s3", "aws.cloudtrail"),
    events=(),
    named_by=("recipientAccountId",),
    lists=(),
    listed=listed,
    rejudges=dict.fromkeys(BLOCKS, "s3_bucket"),
)
