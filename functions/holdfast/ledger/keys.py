"""Where each item of the ledger's table stands."""

OUTBOX_SHARDS = 8
HEAD, DECISION = "head", "decision"
STREAM_PREFIX, DECISION_PREFIX, OUTBOX_PREFIX, ENTRY_PREFIX = "stream#", "decision#", "outbox#", "entry#"


def stream_key(stream: str) -> str:
    """Give the partition key of a stream."""
    return f"{STREAM_PREFIX}{stream}"


def entry_sort(sequence: int) -> str:
    """Give the sort key of an entry, such that keys sort as numbers do."""
    return f"{ENTRY_PREFIX}{sequence:012d}"


def decision_key(decision_id: str) -> str:
    """Give the partition key of a decision."""
    return f"{DECISION_PREFIX}{decision_id}"


def outbox_key(decision_id: str) -> str:
    """Spread the outbox over a few partitions, so that none of them is hot."""
    return f"{OUTBOX_PREFIX}{int(decision_id[:8], 16) % OUTBOX_SHARDS}"
