"""The statement that keeps readers from quarantined objects, to be merged into a bucket's policy by its owner."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from holdfast.batches.quarantine import QUARANTINED, TAG

Policy = Mapping[str, Any]
SID = "HoldfastKeepsQuarantinedBatchesUnread"
CONDITION_KEY = f"s3:ExistingObjectTag/{TAG}"
READS = ("s3:GetObject", "s3:GetObjectVersion")


def statement(bucket: str, prefixes: Iterable[str]) -> dict[str, Any]:
    """Deny reading what carries the quarantine's tag, to everyone."""
    return {
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": list(READS),
        "Resource": [f"arn:aws:s3:::{bucket}/{prefix}*" for prefix in sorted(set(prefixes))],
        "Condition": {"StringEquals": {CONDITION_KEY: QUARANTINED}},
    }


def merged(policy: Policy | None, addition: Mapping[str, Any]) -> dict[str, Any]:
    """Add a statement to a policy, in the place of an older one of ours; every other statement stays."""
    kept = [one for one in _listed((policy or {}).get("Statement", [])) if one.get("Sid") != addition["Sid"]]
    return {"Version": "2012-10-17", **(policy or {}), "Statement": [*kept, dict(addition)]}


def denies(policy: Policy | None, bucket: str, prefix: str) -> bool:
    """Tell whether a policy keeps everyone from reading quarantined objects below a prefix."""
    return any(_is_it(one, f"arn:aws:s3:::{bucket}/{prefix}x") for one in _listed((policy or {}).get("Statement", [])))


def _is_it(one: Mapping[str, Any], resource: str) -> bool:
    everyone = one.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    actions = [str(action).lower() for action in _listed(one.get("Action", []))]
    reads = all(any(fnmatchcase(read.lower(), action) for action in actions) for read in READS)
    covered = any(fnmatchcase(resource, str(pattern)) for pattern in _listed(one.get("Resource", [])))
    tags = _listed(one.get("Condition", {}).get("StringEquals", {}).get(CONDITION_KEY, []))
    return one.get("Effect") == "Deny" and everyone and reads and covered and QUARANTINED in tags


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
