"""The comparison operators of event patterns, each parsed into a test of one scalar.

Source: EventBridge user guide, "Comparison operators for use in event patterns".
"""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from holdfast.shared.errors import ConfigurationError

Test = Callable[[object], bool]

NUMBER_MAX = 5_000_000_000
DECIMALS_MAX = 6


def refuse(path: str, wanted: str, got: object) -> ConfigurationError:
    """The error of a pattern that the service would not take, naming where it is wrong."""
    return ConfigurationError(f"event pattern, at {path or 'its top'}: {wanted}, got {got!r}")


def comparison(value: object, path: str) -> Test:
    """One member of a field's list: a scalar to equal, or an object with one operator."""
    if isinstance(value, Mapping):
        operator, operand = _only(value, path)
        if operator not in OPERATORS:
            raise refuse(path, f"an operator among {', '.join(sorted(OPERATORS))}", operator)
        return OPERATORS[operator](operand, f"{path}.{operator}")
    if value is None or isinstance(value, str | int | float):
        # Numbers equal by their text: 300 is not 300.0 (user guide, "Creating event patterns"); true is not 1.
        return lambda got: type(got) is type(value) and got == value
    raise refuse(path, "a string, number, true, false, null or an object with one operator", value)


def _only(value: Mapping[str, object], path: str) -> tuple[str, object]:
    if len(value) != 1:
        raise refuse(path, "an object with exactly one operator", dict(value))
    return next(iter(value.items()))


def _text(operand: object, path: str) -> str:
    if not isinstance(operand, str):
        raise refuse(path, "a string", operand)
    return operand


def _on_text(test: Callable[[str], bool]) -> Test:
    return lambda got: isinstance(got, str) and test(got)


def _equal_ignoring_case(operand: object, path: str) -> Test:
    wanted = _text(operand, path).lower()
    return _on_text(lambda got: got.lower() == wanted)


def _affix(operand: object, path: str, test: Callable[[str, str], bool]) -> Test:
    if isinstance(operand, Mapping):
        operator, inner = _only(operand, path)
        if operator != "equals-ignore-case":
            raise refuse(path, "a string or equals-ignore-case", operator)
        folded = _text(inner, f"{path}.{operator}").lower()
        return _on_text(lambda got: test(got.lower(), folded))
    wanted = _text(operand, path)
    return _on_text(lambda got: test(got, wanted))


def _prefix(operand: object, path: str) -> Test:
    return _affix(operand, path, str.startswith)


def _suffix(operand: object, path: str) -> Test:
    return _affix(operand, path, str.endswith)


def _wildcard(operand: object, path: str) -> Test:
    text = _text(operand, path)
    parts = re.findall(r"\\[\\*]|\*+|[^\\*]+|\\", text)
    if any(part == "\\" or part.startswith("**") for part in parts):
        raise refuse(path, "no wildcards side by side, and a backslash only before an asterisk or a backslash", text)
    expression = "".join(".*" if part == "*" else re.escape(re.sub(r"\\(.)", r"\1", part)) for part in parts)
    compiled = re.compile(expression, re.DOTALL)
    return _on_text(lambda got: compiled.fullmatch(got) is not None)


def _cidr(operand: object, path: str) -> Test:
    text = _text(operand, path)
    if "/" not in text:
        raise refuse(path, "an address range with its mask", text)
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise refuse(path, "an address range in CIDR notation", text) from error
    return _on_text(lambda got: (address := _address(got)) is not None and address in network)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _exists(operand: object, path: str) -> Test:
    """`true`: any scalar will do, null too. `false` never meets a value: the matcher looks for absence itself."""
    if not isinstance(operand, bool):
        raise refuse(path, "true or false", operand)
    return lambda _: operand


def _is_number(value: object) -> bool:
    """A JSON number: Python's NaN and infinities are none."""
    return math.isfinite(value) if isinstance(value, float) else isinstance(value, int) and not isinstance(value, bool)


def _number(operand: object, path: str) -> Decimal:
    if not _is_number(operand):
        raise refuse(path, "a number", operand)
    number = Decimal(str(operand))
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or abs(number) > NUMBER_MAX or -exponent > DECIMALS_MAX:
        raise refuse(path, f"a number within ±{NUMBER_MAX} with at most {DECIMALS_MAX} decimals", operand)
    return number


BOUNDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": Decimal.__eq__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


def _numeric(operand: object, path: str) -> Test:
    """`["<", 10]`, or a lower bound followed by an upper one."""
    if not isinstance(operand, list | tuple) or len(operand) not in (2, 4):
        raise refuse(path, "an operator with its number, or two of them", operand)
    signs = [str(sign) for sign in operand[::2]]
    if any(sign not in BOUNDS for sign in signs):
        raise refuse(path, f"operators among {', '.join(BOUNDS)}", operand)
    limits = [_number(limit, path) for limit in operand[1::2]]
    if len(signs) == 2:
        ordered = signs[0] in (">", ">=") and signs[1] in ("<", "<=") and limits[0] < limits[1]
        if not ordered:
            raise refuse(path, "a lower bound followed by a greater upper bound", operand)
    bounds = tuple((BOUNDS[sign], limit) for sign, limit in zip(signs, limits, strict=True))
    return lambda got: _is_number(got) and all(holds(Decimal(str(got)), limit) for holds, limit in bounds)


def _listed(operand: object, path: str) -> list[object]:
    values = list(operand) if isinstance(operand, list | tuple) else [operand]
    if not values:
        raise refuse(path, "a value or a list of values that is not empty", operand)
    return values


def _anything_but(operand: object, path: str) -> Test:
    """Every scalar passes but the excluded; a field that is absent does not pass."""
    excluded = _excluded_by_operator(operand, path) if isinstance(operand, Mapping) else _excluded(operand, path)
    return lambda got: not any(test(got) for test in excluded)


def _excluded_by_operator(operand: Mapping[str, object], path: str) -> list[Test]:
    operator, inner = _only(operand, path)
    if operator not in NEGATABLE:
        raise refuse(path, f"a value, a list of values, or one of {', '.join(sorted(NEGATABLE))}", operator)
    here = f"{path}.{operator}"
    texts = [_text(text, here) for text in _listed(inner, here)]
    if operator in ("prefix", "suffix") and "" in texts:
        raise refuse(here, "a string that is not empty", "")
    return [NEGATABLE[operator](text, here) for text in texts]


def _excluded(operand: object, path: str) -> list[Test]:
    values = _listed(operand, path)
    if all(isinstance(value, str) for value in values):
        return [comparison(value, path) for value in values]
    if all(_is_number(value) for value in values):
        return [_numeric(["=", value], path) for value in values]
    raise refuse(path, "only strings or only numbers", operand)


OPERATORS: dict[str, Callable[[object, str], Test]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equal_ignoring_case,
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "cidr": _cidr,
}
NEGATABLE = {name: OPERATORS[name] for name in ("prefix", "suffix", "equals-ignore-case", "wildcard")}
RESERVED = frozenset(OPERATORS) | frozenset(BOUNDS)
