"""Read a bucket policy as AWS does: whom it lets in that nobody named, and whether it denies clear text.

AWS's definition of "public" (S3 user guide, "The meaning of public"): a policy is taken to be public until every grant
of it is limited to fixed values, that is values without a wildcard or policy variable, of a principal or of one of the
keys in `TRUSTED`; `aws:SourceIp` limits only if each range is no wider than /8 (IPv4) or /32 (IPv6).
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_network
from typing import Any

from holdfast.shared.canonical import read
from holdfast.shared.errors import ContractError

EVERYONE = "*"
SOURCE_IP = "aws:sourceip"
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
ACCESS_POINT = re.compile(r"arn:aws[a-z-]*:s3:[^:?$]*:\d{12}:accesspoint/[^?$]*")
PARTITION = re.compile(r"^arn:aws[a-z-]*:")
PROBES = ("\x00", "\x00\x01/\x02")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of a statement, its operator and key in lower case."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy, each element a tuple whatever form it was written in."""

    name: str
    allows: bool
    principals: tuple[tuple[str, str], ...]
    not_principals: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditions: tuple[Condition, ...]


def parse(text: str) -> tuple[Statement, ...]:
    """Read a policy document, or raise `ContractError`: what cannot be read is not judged."""
    document = read(text)
    if not isinstance(document, dict) or "Statement" not in document:
        raise ContractError("the bucket policy is not a policy document with statements")
    written = document["Statement"]
    return tuple(
        _statement(f"{number}", body)
        for number, body in enumerate(written if isinstance(written, list) else [written], 1)
    )


def public_grants(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Give the statements that let in someone nobody named, less what a denial takes away again."""
    denials = [statement for statement in statements if _denies_strangers(statement)]
    return tuple(
        statement for statement in statements if _admits_strangers(statement) and not _withdrawn(statement, denials)
    )


def tls_gap(statements: Sequence[Statement], bucket: str) -> str | None:
    """Say what may still be asked for in clear text, or `None` if all of it is denied to everyone."""
    denials = [statement for statement in statements if _denies_clear_text(statement)]
    if not denials:
        return "no statement denies every principal every action when aws:SecureTransport is false"
    arn = f"arn:aws:s3:::{bucket}"
    targets = {"the bucket": arn, "its objects": f"{arn}/*"}
    gaps = [name for name, target in targets.items() if not any(_over(denial, target) for denial in denials)]
    return f"clear text is not denied for {' and '.join(gaps)}" if gaps else None


def _statement(number: str, body: object) -> Statement:
    if not isinstance(body, dict) or body.get("Effect") not in ("Allow", "Deny"):
        raise ContractError(f"statement {number} of the bucket policy has no effect Allow or Deny")
    nobody_named = EVERYONE if body["Effect"] == "Allow" else None
    principal = body.get("NotPrincipal", body.get("Principal", nobody_named))
    name = body.get("Sid")
    return Statement(
        name=repr(name[:64]) if isinstance(name, str) and name else number,
        allows=body["Effect"] == "Allow",
        principals=tuple(_principals(principal)),
        not_principals="NotPrincipal" in body,
        actions=tuple(action.lower() for action in _texts(body.get("Action"))),
        not_actions=tuple(action.lower() for action in _texts(body.get("NotAction"))),
        resources=tuple(PARTITION.sub("arn:aws:", resource) for resource in _texts(body.get("Resource"))),
        not_resources=_texts(body.get("NotResource")),
        conditions=tuple(_conditions(body.get("Condition"))),
    )


def _texts(value: object) -> tuple[str, ...]:
    """Give one value or a list of them as texts; JSON's true and "true" are the same to AWS."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(one if isinstance(one, str) else json.dumps(one) for one in values)


def _principals(principal: object) -> Iterable[tuple[str, str]]:
    """Give each principal with its kind."""
    if not isinstance(principal, Mapping):
        return (("AWS", name) for name in _texts(principal))
    return ((str(kind), name) for kind, names in principal.items() for name in _texts(names))


def _conditions(block: Any) -> Iterable[Condition]:
    if block is None:
        return
    if not isinstance(block, Mapping) or not all(isinstance(tests, Mapping) for tests in block.values()):
        raise ContractError("a condition of the bucket policy is not operators over keys")
    for operator, tests in block.items():
        for key, values in tests.items():
            yield Condition(str(operator).lower(), str(key).lower(), _texts(values))


def _is_fixed(text: str) -> bool:
    return bool(text) and not any(mark in text for mark in ("*", "?", "${"))


def _admits_strangers(statement: Statement) -> bool:
    """Tell whether a statement allows anyone beyond fixed principals and fixed surroundings."""
    if not statement.allows or not _concerns_s3(statement):
        return False
    named = not statement.not_principals and all(_is_fixed(name) for _, name in statement.principals)
    return not named and not any(_keeps_to_trusted(condition) for condition in statement.conditions)


def _concerns_s3(statement: Statement) -> bool:
    families = (action.partition(":")[0] for action in statement.actions)
    return bool(statement.not_actions) or any(fnmatchcase("s3", family) for family in families)


def _keeps_to_trusted(condition: Condition) -> bool:
    """Tell whether a test is true only in fixed surroundings.

    `...IfExists` and `ForAllValues:` are true where the key is absent, as for an anonymous request: no limit at all.
    """
    operator = condition.operator.removeprefix("foranyvalue:")
    if condition.key == SOURCE_IP:
        return operator in {"ipaddress", *SAYS} and _all(condition, _is_narrow)
    return condition.key in TRUSTED and operator in SAYS and _all(condition, _fixed_for(condition.key))


def _denies_strangers(statement: Statement) -> bool:
    """Tell whether a denial meets at least everyone outside fixed surroundings."""
    return _denies_everyone(statement) and all(_spares_trusted(condition) for condition in statement.conditions)


def _spares_trusted(condition: Condition) -> bool:
    """Tell whether a test is true everywhere but in fixed surroundings; an absent key makes a negated test true."""
    operator = condition.operator.removeprefix("forallvalues:").removesuffix("ifexists")
    if condition.key == SOURCE_IP:
        return operator in {"notipaddress", *SAYS_NOT} and _all(condition, _is_narrow)
    if condition.key == "aws:principalisawsservice":
        return operator == "bool" and condition.values == ("false",)
    return condition.key in TRUSTED and operator in SAYS_NOT and _all(condition, _fixed_for(condition.key))


def _all(condition: Condition, test: Callable[[str], bool]) -> bool:
    return bool(condition.values) and all(test(value) for value in condition.values)


def _fixed_for(key: str) -> Callable[[str], bool]:
    """Give the test a key's values must pass: behind a fixed organisation or account a wildcard still limits."""
    if key.endswith("orgpaths"):
        return lambda value: ORG_PATH.fullmatch(value) is not None
    if key == "s3:dataaccesspointarn":
        return lambda value: ACCESS_POINT.fullmatch(value) is not None
    return _is_fixed


def _is_narrow(cidr: str) -> bool:
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= WIDEST[network.version]


def _denies_everyone(statement: Statement) -> bool:
    return not statement.allows and not statement.not_principals and ("AWS", EVERYONE) in statement.principals


def _denies_clear_text(statement: Statement) -> bool:
    plain = [
        condition
        for condition in statement.conditions
        if condition.operator in ("bool", "boolifexists")
        and condition.key == "aws:securetransport"
        and "false" in (value.lower() for value in condition.values)
    ]
    whole = any(action in (EVERYONE, "s3:*") for action in statement.actions)
    return _denies_everyone(statement) and whole and len(plain) == len(statement.conditions) == 1


def _withdrawn(grant: Statement, denials: Sequence[Statement]) -> bool:
    """Tell whether each thing granted is denied to strangers by some one statement."""
    actions = grant.actions or (EVERYONE,)
    resources = grant.resources or (EVERYONE,)
    return all(
        any(_covers(denial.actions, action) and _over(denial, resource) for denial in denials)
        for action in actions
        for resource in resources
    )


def _over(denial: Statement, resource: str) -> bool:
    return _covers(denial.resources, resource)


def _covers(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether one pattern matches all that another could mean; probes stand for its wildcards."""
    probed = [probe.join(re.split(r"[*?]", wanted)) for probe in PROBES]
    return any(all(_matches(probe, pattern) for probe in probed) for pattern in patterns)


def _matches(text: str, pattern: str) -> bool:
    """Match as IAM does: only * and ? are special."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
