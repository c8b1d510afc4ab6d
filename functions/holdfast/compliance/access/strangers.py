"""Whom a bucket policy lets in from other accounts than those one trusts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from holdfast.compliance.access.conditions import SOURCE_IP, Home, is_fixed, is_narrow, keeps
from holdfast.compliance.access.document import EVERYONE, Statement
from holdfast.compliance.access.doubt import all_of, some, those
from holdfast.compliance.access.reach import ANYTHING, grants, is_taken_back, shuts_out

PLACE_OF_ACCOUNT = 4
ACCOUNT = re.compile(r"\d{12}")
NOBODY_ANY_MORE = re.compile(r"A(?:IDA|ROA|GPA|CCA|IPA|NPA|NVA|SCA|SIA|KIA|BIA)[A-Z0-9]{12,}")
"""The unique id that AWS puts in place of a principal that was deleted: it lets nobody in."""
ORIGIN_ACCESS = "cloudfront"
"""Where the ARN of a CloudFront origin access identity has an account: it is AWS's own."""

ACCOUNTS = frozenset(
    {
        "aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:vpceaccount",
        "s3:dataaccesspointaccount", "aws:userid",
    }
)  # fmt: skip
ARNS = frozenset({"aws:arn", "aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "s3:dataaccesspointarn"})
ORGS = frozenset({"aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"})
ORG_PATHS = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom one trusts: own and other accounts; organisations, VPCs and VPC endpoints, any fixed one if none is named.

    `owner` gives the canonical user id of the bucket's owner; it is asked only if a policy names such an id.
    """

    accounts: frozenset[str]
    orgs: frozenset[str] = frozenset()
    vpcs: frozenset[str] = frozenset()
    vpces: frozenset[str] = frozenset()
    owner: Callable[[], str | None] = lambda: None

    def is_home(self, key: str, value: str) -> bool:
        """Tell whether a condition's key with this value is surely of those one trusts."""
        if key in ACCOUNTS:
            return value.partition(":")[0] in self.accounts
        if key in ARNS:
            return account_of(value) in self.accounts or (is_fixed(value) and account_of(value) == "")
        if key in ORGS | ORG_PATHS:
            org = value.partition("/")[0] if key in ORG_PATHS else value
            return _is_among(org, self.orgs)
        if key == "aws:sourcevpc":
            return _is_among(value, self.vpcs)
        return _is_among(value, self.vpces) if key == "aws:sourcevpce" else key == SOURCE_IP and is_narrow(value)

    def is_ours(self, kind: str, name: str) -> bool:
        """Tell whether a principal is of an account one trusts, or of none."""
        if kind == "service":
            return is_fixed(name)
        if kind == "canonicaluser":
            return name == self.owner()
        account = account_of(name)
        if kind == "aws" and (account == ORIGIN_ACCESS or NOBODY_ANY_MORE.fullmatch(name)):
            return True
        return name != EVERYONE and account in self.accounts


def account_of(name: str) -> str | None:
    """Give the account in an ARN, or the account that is named itself, or `None` if there is neither."""
    parts = name.split(":", 5)
    if len(parts) > PLACE_OF_ACCOUNT:
        return parts[PLACE_OF_ACCOUNT]
    return name if ACCOUNT.fullmatch(name) else None


def foreign_grants(
    statements: Sequence[Statement], trust: Trust, bucket: str, doing: Sequence[str] = ANYTHING
) -> tuple[Statement, ...]:
    """Give the statements that let a principal of another account do such things, less what is denied to them all."""
    return _grants(statements, trust, trust.is_home, bucket, doing)


def foreign_grants_in_any_case(
    statements: Sequence[Statement], trust: Trust, bucket: str, doing: Sequence[str]
) -> tuple[Statement, ...]:
    """Give the same as if no statement had conditions that limit it; a denial on conditions denies nothing then."""
    return _grants(statements, trust, lambda *_: False, bucket, doing)


def _grants(
    statements: Sequence[Statement], trust: Trust, home: Home, bucket: str, doing: Sequence[str]
) -> tuple[Statement, ...]:
    def shuts_them_out(denial: Statement) -> bool:
        return shuts_out(denial, home, trust.is_ours)

    return those(
        statements,
        lambda statement: all_of(
            lambda: statement.allows,
            lambda: grants(statement, doing),
            lambda: statement.spares or some(statement.principals, lambda found: not trust.is_ours(*found)),
            lambda: not some(statement.conditions, lambda condition: keeps(condition, home)),
            lambda: not is_taken_back(statement, statements, shuts_them_out, doing, bucket),
        ),
    )


def _is_among(value: str, named: frozenset[str]) -> bool:
    return value in named if named else is_fixed(value)
