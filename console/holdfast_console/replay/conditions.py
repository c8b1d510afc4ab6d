"""The `Condition` element of IAM policies.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Set operators for
multivalued context keys".
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from operator import eq, ge, gt, le, lt

from holdfast.shared.errors import ConfigurationError

Known = Mapping[str, tuple[str, ...]]
"""A request's context: lower-case key → its values, which are one for a single-valued key."""

Compare = Callable[[str, str], bool]

OPERATOR = re.compile(r"(?:(?P<quantifier>ForAllValues|ForAnyValue):)?(?P<base>\w+?)(?P<if_exists>IfExists)?")
VARIABLE = re.compile(r"\$\{([^}]*)\}")


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.compile("".join(parts), re.DOTALL)


def like(got: str, wanted: str) -> bool:
    """Whether a text fits a pattern of `*` and `?`."""
    return _glob(wanted).fullmatch(got) is not None


def expanded(text: str, known: Known) -> str | None:
    """A policy's text with its variables filled, or None if the request lacks one: then it fits nothing."""
    missing = [name for name in VARIABLE.findall(text) if len(known.get(name.lower(), ())) != 1]
    return None if missing else VARIABLE.sub(lambda found: known[found[1].lower()][0], text)


def _arn_like(got: str, wanted: str) -> bool:
    """Each of the six parts on its own, so that a wildcard does not reach over a colon."""
    parts, patterns = got.split(":", 5), wanted.split(":", 5)
    return len(parts) == len(patterns) == 6 and all(map(like, parts, patterns))


def _equal_ignoring_case(got: str, wanted: str) -> bool:
    return got.lower() == wanted.lower()


def _in_range(got: str, wanted: str) -> bool:
    try:
        return ipaddress.ip_address(got) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _numeric(compare: Callable[[Decimal, Decimal], bool]) -> Compare:
    def holds(got: str, wanted: str) -> bool:
        try:
            return compare(Decimal(got), Decimal(wanted))
        except InvalidOperation:
            return False

    return holds


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(compare: Callable[[datetime, datetime], bool]) -> Compare:
    def holds(got: str, wanted: str) -> bool:
        try:
            return compare(_moment(got), _moment(wanted))
        except ValueError:
            return False

    return holds


POSITIVE: dict[str, Compare] = {
    "StringEquals": eq,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _equal_ignoring_case,
    "IpAddress": _in_range,
    "NumericEquals": _numeric(eq),
    "NumericLessThan": _numeric(lt),
    "NumericLessThanEquals": _numeric(le),
    "NumericGreaterThan": _numeric(gt),
    "NumericGreaterThanEquals": _numeric(ge),
    "DateEquals": _date(eq),
    "DateLessThan": _date(lt),
    "DateLessThanEquals": _date(le),
    "DateGreaterThan": _date(gt),
    "DateGreaterThanEquals": _date(ge),
}
NEGATED: dict[str, Compare] = {
    "StringNotEquals": eq,
    "StringNotEqualsIgnoreCase": _equal_ignoring_case,
    "StringNotLike": like,
    "ArnNotEquals": _arn_like,
    "ArnNotLike": _arn_like,
    "NotIpAddress": _in_range,
    "NumericNotEquals": _numeric(eq),
    "DateNotEquals": _date(eq),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key; a statement applies when all of its conditions hold."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {' or '.join(self.values)}"

    def holds(self, known: Known) -> bool:
        """Whether a request with this context meets the condition."""
        named = OPERATOR.fullmatch(self.operator)
        got = known.get(self.key.lower())
        if named is None or named["base"] == "Null":
            return any((got is None) == (value.lower() == "true") for value in self.values)
        negated = named["base"] in NEGATED
        if named["quantifier"] == "ForAllValues":
            return all(self._meets(value, named["base"], known) for value in got or ())
        if got is None:
            return bool(named["if_exists"]) or (negated and named["quantifier"] is None)
        over = all if negated and named["quantifier"] is None else any
        return over(self._meets(value, named["base"], known) for value in got)

    def _meets(self, got: str, base: str, known: Known) -> bool:
        negated = base in NEGATED
        compare = NEGATED[base] if negated else POSITIVE[base]
        wanted = (expanded(value, known) for value in self.values)
        return any(value is not None and compare(got, value) for value in wanted) != negated


def conditions(block: object, where: str) -> tuple[Condition, ...]:
    """A statement's `Condition` element; a ConfigurationError names what it cannot mean."""
    if not isinstance(block, Mapping):
        raise ConfigurationError(f"{where}: Condition must be an object, got {block!r}")
    return tuple(_condition(name, tests, where) for name, tests in block.items() for tests in _single(tests, where))


def _single(tests: object, where: str) -> Sequence[tuple[str, object]]:
    if not isinstance(tests, Mapping):
        raise ConfigurationError(f"{where}: a condition operator holds an object of keys, got {tests!r}")
    return list(tests.items())


def _condition(operator: str, test: tuple[str, object], where: str) -> Condition:
    named = OPERATOR.fullmatch(operator)
    if named is None or not (named["base"] == "Null" or named["base"] in POSITIVE or named["base"] in NEGATED):
        raise ConfigurationError(f"{where}: unknown condition operator {operator}")
    key, values = test
    return Condition(operator, key, texts(values, f"{where}: condition {operator} {key}"))


def texts(value: object, where: str) -> tuple[str, ...]:
    """One value or a list of them as texts; what is still an intrinsic is refused."""
    values = value if isinstance(value, list | tuple) else [value]
    for one in values:
        if not isinstance(one, str | bool | int | float):
            raise ConfigurationError(f"{where}: must be text, all intrinsics resolved, got {one!r}")
        if isinstance(one, str) and any(name in ("*", "?", "$") or "," in name for name in VARIABLE.findall(one)):
            raise ConfigurationError(f"{where}: policy variables with defaults or escapes are not supported, got {one}")
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)
