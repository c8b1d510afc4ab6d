"""Whom a resource policy lets in besides our own account."""

import json
import re
from collections.abc import Iterator
from typing import Any

from holdfast.compliance.parameters import Listed, Parameters
from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError

ACCOUNT = re.compile(r"(?:arn:aws[a-z-]*:[a-z]+::)?(?P<account>\d{12})(?::.*)?", re.DOTALL)
OF_ORG = frozenset({"aws:principalorgid", "aws:sourceorgid"})
ORG_EQUALS = frozenset({"stringequals", "stringequalsignorecase", "foranyvalue:stringequals"})
EVERYONE = "everyone"


class Trusted(Parameters):
    """The accounts and organizations that a resource may be shared with."""

    trusted_accounts: Listed = ()
    trusted_orgs: Listed = ()


def strangers(policy: Any, account: str, trusted: Trusted) -> list[str]:
    """Name whom the policy allows anything that is neither ours nor trusted, or raise `ContractError`."""
    document = read(policy) if isinstance(policy, str) else policy
    statements = document.get("Statement") if isinstance(document, dict) else None
    if statements is None:
        raise ContractError("the resource policy is no policy document with statements")
    known = {account, *trusted.trusted_accounts}
    found = {
        who
        for each in (statements if isinstance(statements, list) else [statements])
        if each.get("Effect") == "Allow" and not _within(each.get("Condition") or {}, frozenset(trusted.trusted_orgs))
        for who in _principals(each)
        if who not in known
    }
    return sorted(found)


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    if "NotPrincipal" in statement:
        yield EVERYONE
    principal = statement.get("Principal") or {}
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    for one in named if isinstance(named, list) else [named]:
        match = ACCOUNT.fullmatch(one) if isinstance(one, str) else None
        yield EVERYONE if one == "*" else match["account"] if match else json.dumps(one)


def _within(conditions: dict[str, Any], orgs: frozenset[str]) -> bool:
    """Tell whether a condition keeps the grant within organizations that we trust."""
    return any(
        key.lower() in OF_ORG and bool(named := _listed(values)) and named <= orgs
        for operator, keys in conditions.items()
        if operator.lower() in ORG_EQUALS
        for key, values in keys.items()
    )


def _listed(values: Any) -> set[str]:
    return {str(value) for value in (values if isinstance(values, list) else [values])}
