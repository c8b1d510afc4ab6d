"""What the conditions of a statement limit it to.

AWS's definition of "public" (S3 user guide, "The meaning of public"): a policy is taken to be public until every grant
of it is limited to fixed values, that is values without a wildcard or policy variable, of a principal or of one of the
keys in `TRUSTED`; `aws:SourceIp` limits only if each range is no wider than /8 (IPv4) or /32 (IPv6).
"""

import re
from collections.abc import Callable
from ipaddress import ip_network

from holdfast.compliance.access.document import Condition

Home = Callable[[str, str], bool]
"""Tells whether a key with this value is surely of those whom one means: a trusted account, a fixed network."""

SOURCE_IP = "aws:sourceip"
OF_A_SERVICE = "aws:principalisawsservice"
WIDEST = {4: 8, 6: 32}
TRUSTED = frozenset(
    {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
        "aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
        "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid", "aws:vpceaccount",
        "aws:vpceorgid", "aws:vpceorgpaths", "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    }
)  # fmt: skip
SAYS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
SAYS_NOT = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike"})
ORG_PATH = re.compile(r"o-[a-z0-9]+/[^?$]*")
ACCESS_POINT = re.compile(r"arn:aws[a-z-]*:s3:[^:?$*]*:\d{12}:accesspoint/[^?$]*")


def keeps(condition: Condition, home: Home) -> bool:
    """Tell whether a test is true only at home.

    `...IfExists` and `ForAllValues:` are true where the key is absent, as for an anonymous request: no limit at all.
    """
    if condition.if_exists or condition.quantifier == "forallvalues":
        return False
    said = SAYS | {"ipaddress"} if condition.key == SOURCE_IP else SAYS
    return condition.operator in said and _all_at(home, condition)


def leaves_out(condition: Condition, home: Home) -> bool:
    """Tell whether a test is true everywhere but at home.

    An absent key makes a negated test true, unless `ForAnyValue:` asks for a value that is there.
    """
    if condition.quantifier == "foranyvalue":
        return False
    if condition.key == OF_A_SERVICE:
        return condition.operator == "bool" and _lowered(condition) == ("false",)
    denied = SAYS_NOT | {"notipaddress"} if condition.key == SOURCE_IP else SAYS_NOT
    return condition.operator in denied and _all_at(home, condition)


def is_clear_text(condition: Condition) -> bool:
    """Tell whether a test is true of every request without TLS; JSON's false and "false" are the same to AWS."""
    return condition.key == "aws:securetransport" and condition.operator == "bool" and "false" in _lowered(condition)


def is_named(key: str, value: str) -> bool:
    """Tell whether a value is one that AWS takes for fixed, of a key that AWS trusts.

    Behind a fixed organisation's path or a fixed account's access points a wildcard still limits.
    """
    if key == SOURCE_IP:
        return is_narrow(value)
    if key.endswith("orgpaths"):
        return key in TRUSTED and ORG_PATH.fullmatch(value) is not None
    if key == "s3:dataaccesspointarn":
        return ACCESS_POINT.fullmatch(value) is not None
    return key in TRUSTED and is_fixed(value)


def is_fixed(text: str) -> bool:
    """Tell whether a text means one thing: no wildcard and no policy variable in it."""
    return bool(text) and not any(mark in text for mark in ("*", "?", "${"))


def is_narrow(cidr: str) -> bool:
    """Tell whether a range of addresses is no wider than what S3 takes for someone's own."""
    try:
        network = ip_network(cidr.strip(), strict=False)
    except ValueError:
        return False
    return network.prefixlen >= WIDEST[network.version]


def _all_at(home: Home, condition: Condition) -> bool:
    return bool(condition.values) and all(home(condition.key, value) for value in condition.values)


def _lowered(condition: Condition) -> tuple[str, ...]:
    return tuple(value.lower() for value in condition.values)
