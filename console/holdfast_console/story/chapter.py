"""What a chapter of the story is: prose, the trace of what happened, and claims."""

from dataclasses import dataclass, field

from holdfast_console.replay.trace import Line


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that the ledger bears out, or does not."""

    text: str
    holds: bool


@dataclass(slots=True)
class Chapter:
    """What was told: the prose, the lines of the trace, the claims."""

    title: str
    prose: str
    lines: list[Line] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    skipped: str = ""
