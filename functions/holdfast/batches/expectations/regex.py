"""The texts of a column hold a pattern of RE2, whose time is linear in the text whatever the pattern."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, Strict

from holdfast.batches.expectation import Expectation, Mostly, OfColumn, View
from holdfast.batches.outcome import Outcome, found, of_share, uncountable

if TYPE_CHECKING:
    from holdfast.batches.kernel.probe import Probe
    from holdfast.batches.probes.texts import Breaking

HEAVIEST = 300
WIDE = 5  # a class of Unicode, such as \pL, is hundreds of ranges
TOKEN = re.compile(
    r"\\[pP](?:\{\^?\w+\}|\w)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P?<\w+>|[a-zA-Z-]*[:)]))?|\)|\{(\d+)(?:,(\d*))?\}|.",
    re.DOTALL,
)


def weight(pattern: str) -> int:
    """Count the steps a pattern is made of once its repetitions are written out: a bound of its cost per byte."""
    sums, last = [0], [0]
    for token in TOKEN.finditer(pattern):
        text = token.group()
        if text.startswith("(?") and text.endswith(")"):
            continue
        if text.startswith("("):
            sums.append(0)
            last.append(0)
        elif text == ")" and len(sums) > 1:
            inner = sums.pop()
            last.pop()
            last[-1] = max(1, inner)
            sums[-1] += last[-1]
        elif token.group(1) is not None:
            times = max(1, int(token.group(1)), int(token.group(2) or 0))
            sums[-1] += last[-1] * (times - 1)
            last[-1] *= times
        elif text not in ("*", "+", "?", "|"):
            last[-1] = WIDE if "\\p" in text.lower() else 1
            sums[-1] += last[-1]
    return sum(sums)


def _bounded(pattern: str) -> str:
    if (heavy := weight(pattern)) > HEAVIEST:
        raise ValueError(
            f"the pattern has {heavy} steps once its repetitions are written out, expected {HEAVIEST} at most"
        )
    if find_spec("pyarrow") is not None:
        from holdfast.batches.probes.texts import refused

        if (reason := refused(pattern)) is not None:
            raise ValueError(f"RE2 refuses the pattern: {reason}")
    return pattern


class Regex(OfColumn):
    """At least a share `mostly` of the texts holds the pattern somewhere, or with `absent` nowhere."""

    pattern: Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(_bounded)]
    absent: Annotated[bool, Strict()] = False
    mostly: Mostly = 1.0


def probes(wanted: Regex, _: object) -> tuple[Probe[Breaking], ...]:
    """Count the texts that break the rule; nothing where the pattern cannot be compiled here."""
    from holdfast.batches.probes.texts import matching

    probe = matching(wanted.column, wanted.pattern, is_wanted=not wanted.absent)
    return () if probe is None else (probe,)


def check(view: View, wanted: Regex, *probe: Probe[Breaking]) -> Outcome:
    """Hold the share of texts that break the rule against what is allowed."""
    from holdfast.batches.kernel.columns import Kind

    column = found(view, wanted.column, (Kind.CATEGORY,), wanted="text")
    if isinstance(column, Outcome):
        return column
    counted: Breaking | None = view.probed(probe[0]) if probe else None
    if counted is None:
        return uncountable("the pattern could not be looked for")
    what = "hold the pattern" if wanted.absent else "lack the pattern"
    return of_share(counted.failing, counted.n, mostly=wanted.mostly, what=what)


EXPECTATION = Expectation(id="regex", parameters=Regex, check=check, probes=probes)
