"""Patterns as IAM matches them: only `*` and `?` are special, and a policy variable may stand for anything."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from holdfast.shared.errors import ContractError

STAR, NOT_A_STAR = "\ue000", "\ue001"
ONE = f"[!{STAR}]"
VARIABLE = re.compile(r"\$\{[^}]*\}")
LONGEST = 1200


def covers(patterns: Iterable[str], wanted: str) -> bool:
    """Tell whether one pattern matches all that another, or a plain text, could mean."""
    text = VARIABLE.sub("*", wanted).replace("*", STAR)
    return any(fnmatchcase(text, _translated(pattern)) for pattern in patterns)


def overlap(one: str, other: str) -> bool:
    """Tell whether some text matches both patterns."""
    left, right = VARIABLE.sub("*", one), VARIABLE.sub("*", other)
    if "*" not in left:
        return _is_met(left, right.split("*"))
    if "*" not in right:
        return _is_met(right, left.split("*"))
    ends = [(text.partition("*")[0], text.rpartition("*")[2][::-1]) for text in (left, right)]
    return all(_meet(mine, yours) for mine, yours in zip(*ends, strict=True))


def fits(text: str) -> str:
    """Give the text, or raise `ContractError` if it is longer than any name of AWS."""
    if len(text) > LONGEST:
        raise ContractError(f"a text of the bucket policy has {len(text)} characters, expected {LONGEST} at most")
    return text


def _is_met(fixed: str, parts: list[str]) -> bool:
    """Tell whether a text, in which `?` is any one character, has these parts in order, with anything between them."""
    head, tail = parts[0], parts[-1]
    at, end = len(head), len(fixed) - len(tail)
    if len(parts) == 1:
        return len(fixed) == len(head) and _meet(fixed, head)
    if at > end or not _meet(fixed, head) or not _meet(fixed[end:], tail):
        return False
    for part in parts[1:-1]:
        places = range(at, end - len(part) + 1)
        found = next((place for place in places if _meet(fixed[place : place + len(part)], part)), None)
        if found is None:
            return False
        at = found + len(part)
    return True


def _meet(one: str, other: str) -> bool:
    """Tell whether two texts can be alike as far as the shorter goes."""
    return all(mine == yours or "?" in (mine, yours) for mine, yours in zip(one, other, strict=False))


@lru_cache(maxsize=4096)
def _translated(pattern: str) -> str:
    """Spell a pattern so that `?` does not match what stands for a wildcard, and nothing in it passes for one."""
    return re.sub(r"\*+", "*", pattern.replace(STAR, NOT_A_STAR)).replace("[", "[[]").replace("?", ONE)
