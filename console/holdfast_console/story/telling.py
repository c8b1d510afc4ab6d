"""Tell the bundled story: to people in colour, to programs as JSON lines."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from holdfast_console.replay.trace import Line
from holdfast_console.story.chapter import Chapter
from holdfast_console.terminal import COLOURS, json_line, plain

OWN_AFFAIRS = frozenset({"Evidence Recorded", "Sweep Paused", "Report Stored"})
MESSENGERS = frozenset({"Notifier", "ComplianceSweeper"})


def record(number: int, chapter: Chapter) -> None:
    """Print a chapter as a JSON line."""
    claims = [{"claim": claim.text, "holds": claim.holds} for claim in chapter.claims]
    told = {"kind": "chapter", "number": number, "title": chapter.title, "skipped": chapter.skipped, "claims": claims}
    json_line({**told, "lines": [line.record() for line in chapter.lines if not line.is_quiet]})


def show(terminal: Console, number: int, chapter: Chapter, *, everything: bool = False) -> None:
    """Print a chapter: what it is about, what happened, and what the ledger bears out."""
    terminal.print()
    terminal.print(Rule(Text(f"{number}  {chapter.title}", "bold"), align="left", style="dim"))
    if chapter.skipped:
        terminal.print(plain(f"not told: {chapter.skipped}"), style="dim")
        return
    terminal.print(plain(chapter.prose), style="italic")
    terminal.print()
    for line in chapter.lines if everything else worth_showing(chapter.lines):
        terminal.print(Padding(_line(line), (0, 0, 0, 2)))
    for claim in chapter.claims:
        mark = Text("  ✓ ", "green") if claim.holds else Text("  ✗ ", "bold red")
        terminal.print(mark + plain(claim.text))


def worth_showing(lines: Iterable[Line]) -> Iterator[Line]:
    """Leave out what the ledger does for itself, what came to nothing, and that somebody was written to or sent."""
    for line in lines:
        is_own = line.entry is not None and line.entry.kind in OWN_AFFAIRS
        if not line.is_quiet and not is_own and line.function not in MESSENGERS:
            yield line


def in_short(line: Line) -> Line:
    """Tell a line with the long names of its effects cut in the middle."""
    return replace(line, effects=tuple(map(_short, line.effects)))


def _line(line: Line) -> Text:
    told = Text(f"{line.at:%d %b %H:%M}  ", style="dim")
    told.append_text(plain(line.event)).append(" → ", style="dim").append(line.function or "", style="cyan")
    if line.entry is not None:
        told.append(" → ", style="dim").append(f"{line.entry.kind} ")
        told.append(line.entry.outcome, style=COLOURS.get(line.entry.outcome, ""))
        told.append(f"  #{line.entry.sequence} ", style="dim").append_text(plain(line.entry.reason))
    elif line.kind != "effect":
        told.append(f" → {line.kind}: ", style="bold red").append_text(plain(line.reason))
    for effect in in_short(line).effects:
        told.append(" → ", style="dim").append_text(plain(effect))
    return told


def _short(effect: str) -> str:
    return effect if len(effect) <= 60 else f"{effect[:40]}…{effect[-16:]}"
