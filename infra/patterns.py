"""Pack the prefixes of many models into few event patterns, so that adding or removing one moves little."""

import hashlib
import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from holdfast.shared.errors import ConfigurationError

MOST_PATTERN_BYTES = 2048
MOST_RULES = 40
CUTS = (900, 256, 96, 32, 0)
Place = tuple[str, str]
Pattern = dict[str, Any]


def arrivals(places: Iterable[Place]) -> dict[str, Pattern]:
    """Give event patterns that together match every object created under these (bucket, prefix), by a stable id.

    Where they would take too many rules a pattern holds only the beginning of each prefix: it then matches more than it
    must, and the judge, which compares the whole prefix, ignores the rest.
    """
    whole = sorted(set(places))
    for cut in CUTS:
        leaves = _leaves(sorted({(bucket, prefix[:cut]) for bucket, prefix in whole}))
        if len(leaves) <= MOST_RULES:
            return {name: _pattern(held) for name, held in leaves.items()}
    raise ConfigurationError(f"{len(whole)} prefixes do not fit in {MOST_RULES} rules of {MOST_PATTERN_BYTES} bytes")


def _leaves(places: list[Place], bits: str = "") -> dict[str, list[Place]]:
    """Split by one more bit of their hash until each part fits: a full leaf becomes two, the others stay."""
    if not places:
        return {}
    if len(json.dumps(_pattern(places), separators=(",", ":"), ensure_ascii=False).encode()) <= MOST_PATTERN_BYTES:
        return {f"Leaf{bits}": places}
    halves: dict[str, list[Place]] = {"0": [], "1": []}
    for place in places:
        halves[_bit(place, len(bits))].append(place)
    return {**_leaves(halves["0"], f"{bits}0"), **_leaves(halves["1"], f"{bits}1")}


def _bit(place: Place, number: int) -> str:
    digest = int.from_bytes(hashlib.sha256("\0".join(place).encode()).digest(), "big")
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
