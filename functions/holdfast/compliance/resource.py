"""What is judged: one resource of one kind."""

from dataclasses import dataclass

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b"}


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource by its kind's id and the name AWS knows it by, in the account and Region we look from."""

    kind: str
    name: str
    account: str
    region: str = "us-east-1"
    partition: str = "aws"

    @property
    def subject(self) -> str:
        """Give the name it goes by in the ledger."""
        return f"{self.kind}/{self.name}"

    @property
    def stream(self) -> str:
        """Give the stream that holds what was said of it."""
        return f"compliance#{self.subject}"


def partition_of(region: str) -> str:
    """Give the partition of AWS that a Region is in."""
    return next((partition for start, partition in PARTITIONS.items() if region.startswith(start)), "aws")
