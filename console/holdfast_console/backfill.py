"""What it takes to judge what arrived before Holdfast did: counted and priced before anything is sent."""

from dataclasses import dataclass

PRICES_AS_OF = "us-east-1, November 2026"
LAMBDA_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.20e-6
SQS_REQUEST = 0.40e-6
S3_GET = 0.40e-6
S3_PUT_OR_LIST = 5.00e-6
DYNAMODB_WRITE_UNIT = 0.625e-6
DYNAMODB_READ_UNIT = 0.125e-6
EVENTBRIDGE_EVENT = 1.00e-6

MEMORY_GB = 2.0
SECONDS_A_BATCH = 1.0
SECONDS_A_MEGABYTE = 0.2
VERSIONS_A_LISTING = 1000
QUEUE_REQUESTS = 3
LEDGER_WRITE_UNITS = 100
LEDGER_READ_UNITS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """How much waits for a verdict, and about what the verdicts cost in US dollars."""

    versions: int = 0
    size: int = 0

    def with_one(self, size: int) -> "Estimate":
        """Count one more version."""
        return Estimate(self.versions + 1, self.size + size)

    @property
    def cost(self) -> float:
        """Price reading, judging, recording and announcing; a batch of 5 MB takes two seconds of two gigabytes."""
        seconds = SECONDS_A_BATCH * self.versions + SECONDS_A_MEGABYTE * self.size / 1e6
        compute = seconds * MEMORY_GB * LAMBDA_GB_SECOND + self.versions * 2 * LAMBDA_REQUEST
        listing = self.versions / VERSIONS_A_LISTING * S3_PUT_OR_LIST
        record = LEDGER_WRITE_UNITS * DYNAMODB_WRITE_UNIT + LEDGER_READ_UNITS * DYNAMODB_READ_UNIT + EVENTBRIDGE_EVENT
        return compute + listing + self.versions * (QUEUE_REQUESTS * SQS_REQUEST + S3_GET + record)


def money(dollars: float) -> str:
    """Write a sum so that a small one is not shown as nothing."""
    return f"{dollars:.2f} USD" if dollars >= 0.01 or dollars == 0 else "less than 0.01 USD"
