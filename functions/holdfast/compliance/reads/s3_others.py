"""What S3 says of the other buckets that a bucket sends its objects or its logs to.

Such a bucket may be missing, which says nothing of the bucket that is judged: its absence is a fact here.
"""

from dataclasses import replace
from typing import Any

from holdfast.compliance.facts import Ask, Call, Fact, Read
from holdfast.compliance.reads.s3 import (
    ACL,
    BLOCK,
    ENCRYPTION,
    LOCATION,
    LOGGING,
    OBJECT_LOCK,
    OWNERSHIP,
    POLICY,
    REPLICATION,
)

HOME = "Home"
ASKED_OF_TARGET = (LOCATION, ENCRYPTION, OBJECT_LOCK, POLICY, BLOCK, OWNERSHIP, ACL)


def _of_other(read: Read) -> Call:
    [call] = read.calls
    return replace(call, absent=(*call.absent, "NoSuchBucket"), is_shared=True)


_TARGET = {read: _of_other(read) for read in ASKED_OF_TARGET}
_WHERE = _of_other(LOCATION)


def destinations(replication: Fact) -> list[Any]:
    """Name the buckets that enabled rules replicate to."""
    rules = replication.get("ReplicationConfiguration", {}).get("Rules", [])
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
    return [rule.get("Destination", {}).get("Bucket", "").rpartition(":")[2] for rule in enabled]


def _located(ask: Ask) -> Fact:
    names = sorted(set(destinations(ask.fact(REPLICATION))))
    found = {name: ask(_WHERE, Bucket=name) for name in names if name}
    return {HOME: ask.fact(LOCATION), "Locations": found}


def _target(ask: Ask) -> Fact:
    name = ask.fact(LOGGING).get("LoggingEnabled", {}).get("TargetBucket")
    if not name:
        return {}
    owner = ask.resource.account
    found = {read.id: ask(call, Bucket=name, ExpectedBucketOwner=owner) for read, call in _TARGET.items()}
    return {HOME: ask.fact(LOCATION), **found}


DESTINATIONS = Read("replication_destinations", (*REPLICATION.calls, *LOCATION.calls, _WHERE), _located)
LOG_TARGET = Read("log_target", (*LOGGING.calls, *LOCATION.calls, *_TARGET.values()), _target)
