"""Pack what many models and controls ask for into few event patterns, so that adding or removing one moves little."""

import hashlib
import json
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, TypeVar

from holdfast.compliance.contract import CALL
from holdfast.shared.errors import ConfigurationError

MOST_PATTERN_BYTES = 2048
MOST_RULES = 40
CUTS = (900, 256, 96, 32, 0)
Place = tuple[str, str]
Part = TypeVar("Part", bound=tuple[str, ...])
Pattern = dict[str, Any]


def arrivals(places: Iterable[Place]) -> dict[str, Pattern]:
    """Give event patterns that together match every object created under these (bucket, prefix), by a stable id.

    Where they would take too many rules a pattern holds only the beginning of each prefix: it then matches more than it
    must, and the judge, which compares the whole prefix, ignores the rest.
    """
    whole = sorted(set(places))
    for cut in CUTS:
        leaves = _leaves(sorted({(bucket, prefix[:cut]) for bucket, prefix in whole}), _pattern)
        if len(leaves) <= MOST_RULES:
            return {name: _pattern(held) for name, held in leaves.items()}
    raise ConfigurationError(f"{len(whole)} prefixes do not fit in {MOST_RULES} rules of {MOST_PATTERN_BYTES} bytes")


def calls(source: str, names: Iterable[str]) -> dict[str, Pattern]:
    """Give event patterns that together match every call of these names to a service, by a stable id."""

    def pattern(held: list[tuple[str]]) -> Pattern:
        return {"source": [source], "detail-type": [CALL], "detail": {"eventName": [name for (name,) in held]}}

    leaves = _leaves([(name,) for name in sorted(set(names))], pattern)
    return {bits: pattern(held) for bits, held in leaves.items()}


def _leaves(parts: list[Part], pattern: Callable[[list[Part]], Pattern], bits: str = "") -> dict[str, list[Part]]:
    """Split by one more bit of their hash until each part fits: a full leaf becomes two, the others stay."""
    if not parts:
        return {}
    if len(json.dumps(pattern(parts), separators=(",", ":"), ensure_ascii=False).encode()) <= MOST_PATTERN_BYTES:
        return {f"Leaf{bits}": parts}
    halves: dict[str, list[Part]] = {"0": [], "1": []}
    for part in parts:
        halves[_bit(part, len(bits))].append(part)
    return {**_leaves(halves["0"], pattern, f"{bits}0"), **_leaves(halves["1"], pattern, f"{bits}1")}


def _bit(part: tuple[str, ...], number: int) -> str:
    digest = int.from_bytes(hashlib.sha256("\0".join(part).encode()).digest(), "big")
    return str(digest >> (255 - number) & 1)


def _pattern(places: list[Place]) -> Pattern:
    choices = [
        _choice(bucket, [prefix for _, prefix in held]) for bucket, held in groupby(places, lambda place: place[0])
    ]
    detail = choices[0] if len(choices) == 1 else {"$or": choices}
    return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}


def _choice(bucket: str, prefixes: list[str]) -> Pattern:
    named: Pattern = {"bucket": {"name": [bucket]}}
    return named if "" in prefixes else {**named, "object": {"key": [{"prefix": prefix} for prefix in prefixes]}}
