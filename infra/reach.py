"""How far a role reaches into what the manifest names: exact while its policies hold that, else by beginnings."""

import re
from collections.abc import Callable, Iterable, Iterator

from holdfast.shared.errors import ConfigurationError

CUTS = (1100, 256, 96, 32, 0)
MOST_STATEMENT = 2600
Place = tuple[str, str]


def literal(text: str) -> str:
    """Write text so that a policy takes its wildcards and variables for what they are."""
    return re.sub(r"[*?$]", lambda found: "${" + found[0] + "}", text)


def beginning(name: str, cut: int) -> str:
    """Give a name as it is, or what it begins with."""
    return literal(name) if len(name) <= cut else f"{literal(name[:cut])}*"


def narrowest(arns: Callable[[int], set[str]], *, room: int) -> list[str]:
    """Give the most exact ARNs that fit in so many characters of policy, asking for ever shorter beginnings."""
    for cut in CUTS:
        found = sorted(arns(cut))
        if size(found) <= room:
            return found
    raise ConfigurationError(f"{len(found)} resources take {size(found)} characters of policy, expected at most {room}")


def listings(places: Iterable[Place], *, room: int) -> list[tuple[list[str], list[str]]]:
    """Give (buckets, prefixes) to list: each bucket with its own prefixes while that fits, else several together."""
    whole = sorted(set(places))
    names = sorted({bucket for bucket, _ in whole})
    for together, cut in ((1, 1100), (10, 1100), (10, 96), (20, 32), (50, 0)):
        groups = [set(names[at : at + together]) for at in range(0, len(names), together)]
        found = [(sorted(group), _below(whole, group, cut)) for group in groups]
        if sum(size(buckets) + 13 * len(buckets) + size(prefixes) + 200 for buckets, prefixes in found) <= room:
            return found
    raise ConfigurationError(f"{len(names)} buckets to be listed do not fit in {room} characters of policy")


def _below(places: list[Place], buckets: set[str], cut: int) -> list[str]:
    return sorted({f"{literal(prefix[:cut])}*" for bucket, prefix in places if bucket in buckets})


def size(texts: Iterable[str]) -> int:
    """Count what a list takes in a policy."""
    return sum(len(text) + 3 for text in texts)


def portions(arns: Iterable[str], *, most: int = MOST_STATEMENT) -> Iterator[list[str]]:
    """Deal a list out so that each part fits in one statement."""
    part: list[str] = []
    for arn in arns:
        if part and size([*part, arn]) > most:
            yield part
            part = []
        part.append(arn)
    if part:
        yield part
