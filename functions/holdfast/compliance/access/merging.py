"""Add a statement to a bucket policy and leave the rest of it as it stands."""

import json
from dataclasses import dataclass
from typing import Any

from holdfast.compliance.access.blocks import is_in_force
from holdfast.compliance.access.document import load, parse
from holdfast.compliance.access.publicity import public_grants
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import POLICY

MOST_BYTES = 20 * 1024
VERSION = "2012-10-17"


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text of a policy, or why there is none."""

    text: str = ""
    trouble: str | None = None


def with_statement(facts: Facts, statement: dict[str, Any]) -> Merged:
    """Add a statement to the bucket's policy, under a name that no other has; raises `ContractError` for no policy."""
    before = facts[POLICY].get("Policy")
    document: dict[str, Any] = {"Version": VERSION, "Statement": []} if before is None else load(before)
    grants = public_grants(parse(document), facts.resource.name)
    if grants and is_in_force(facts, "BlockPublicPolicy"):
        names = ", ".join(grant.name for grant in grants)
        return Merged(trouble=f"S3 refuses a policy with public statements under BlockPublicPolicy: remove {names}")
    written = document["Statement"]
    statements = written if isinstance(written, list) else [written]
    added = statement | {"Sid": _name(statement["Sid"], {one.get("Sid") for one in statements})}
    text = json.dumps(document | {"Statement": [*statements, added]}, separators=(",", ":"), ensure_ascii=False)
    if len(text.encode()) > MOST_BYTES:
        return Merged(trouble=f"the policy would have {len(text.encode())} bytes, and S3 takes {MOST_BYTES} at most")
    return Merged(text)


def _name(wanted: str, taken: set[Any]) -> str:
    names = (wanted, *(f"{wanted}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
