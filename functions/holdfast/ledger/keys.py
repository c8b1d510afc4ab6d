"""Where each item of the ledger's table stands."""

import hashlib

OUTBOX_SHARDS, OPEN_SHARDS = 8, 4
HEAD, DECISION = "head", "decision"
STREAM_PREFIX, DECISION_PREFIX, OUTBOX_PREFIX, ENTRY_PREFIX = "stream#", "decision#", "outbox#", "entry#"
OPEN_PREFIX = "open#"
MOST_SORT_BYTES, KEPT_BYTES = 1024, 900


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


def open_key(domain: str, shard: int) -> str:
    """Give the partition key of one part of what a domain has open."""
    return f"{OPEN_PREFIX}{domain}#{shard}"


def open_place(stream: str) -> tuple[str, str]:
    """Give the keys under which a stream is noted while something is open in it: its domain and part, its subject."""
    domain, _, subject = stream.partition("#")
    return open_key(domain, int(hashlib.sha256(stream.encode()).hexdigest()[:8], 16) % OPEN_SHARDS), noted(subject)


def noted(subject: str) -> str:
    """Give a subject as a sort key: one that is too long is cut, and told apart by its hash."""
    name = subject.encode()
    if len(name) <= MOST_SORT_BYTES:
        return subject
    return f"{name[:KEPT_BYTES].decode(errors='ignore')}~{hashlib.sha256(name).hexdigest()}"
