"""Tell the bundled story: to people in colour, to programs as JSON lines, and to keep as a page."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from holdfast_console.replay.session import Twin
from holdfast_console.replay.trace import Line
from holdfast_console.story.chapters import Chapter, Teller
from holdfast_console.story.report import report
from holdfast_console.terminal import COLOURS, console, json_line, plain

HERE = Path(__file__).parent
MANIFEST = HERE / "governance.yaml"
REAL_DATA = HERE.parents[3] / "shared" / "data" / "bike"
QUIET_KINDS = frozenset({"Evidence Recorded", "Sweep Paused"})


def tell(*, page: Path | None, export: Path | None, as_json: bool, manifest: Path = MANIFEST) -> int:
    """Play the story and give the exit code: 0 if the ledger bears out every claim."""
    terminal, chapters = console(), []
    with Twin.start(manifest) as twin:
        for number, chapter in enumerate(Teller(twin, real_data=REAL_DATA).tell(), 1):
            chapters.append(chapter)
            if as_json:
                json_line(_record(number, chapter))
            else:
                _show(terminal, number, chapter)
        figures = _figures(twin)
        if page is not None:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(report(chapters, twin.ledger_entries(), figures), encoding="utf-8")
        if export is not None:
            export.parent.mkdir(parents=True, exist_ok=True)
            twin.export_ledger(export)
    claims = [claim for chapter in chapters for claim in chapter.claims]
    held = sum(claim.holds for claim in claims)
    if not as_json:
        _close(terminal, figures, held=held, of=len(claims), page=page)
    return 0 if held == len(claims) else 1


def _figures(twin: Twin) -> dict[str, str]:
    return {
        "ledger entries": str(len(twin.ledger_entries())),
        "events and messages": f"{twin.events:,}",
        "a second": f"{twin.events / twin.seconds:,.0f}" if twin.seconds else "-",
        "AWS calls proved": f"{sum(twin.proof.calls.values()):,}",
        "deliveries proved": str(len(twin.installation.edges)),
        "grants unused": str(len(twin.unused_grants())),
        "dead letters": str(len(twin.dead_letters())),
        "messages to people": str(len(twin.notifications())),
    }


def _record(number: int, chapter: Chapter) -> dict[str, object]:
    claims = [{"text": claim.text, "holds": claim.holds} for claim in chapter.claims]
    told = {"chapter": number, "title": chapter.title, "skipped": chapter.skipped, "claims": claims}
    return {**told, "lines": [line.record() for line in chapter.lines if not line.is_quiet]}


def _show(terminal: Console, number: int, chapter: Chapter) -> None:
    terminal.print()
    terminal.print(Rule(f"[bold]{number}  {chapter.title}[/]", align="left", style="dim"))
    if chapter.skipped:
        terminal.print(f"[dim]not told: {chapter.skipped}[/]")
        return
    terminal.print(chapter.prose, style="italic")
    terminal.print()
    for line in worth_showing(chapter.lines):
        terminal.print(Padding(_line(line), (0, 0, 0, 2)))
    for claim in chapter.claims:
        mark = "[green]✓[/]" if claim.holds else "[bold red]✗[/]"
        terminal.print(f"  {mark} {claim.text}")


def worth_showing(lines: list[Line]) -> Iterator[Line]:
    """Leave out what the ledger does for itself and what came to nothing."""
    for line in lines:
        if not line.is_quiet and not (line.entry is not None and line.entry.kind in QUIET_KINDS):
            yield line


def _line(line: Line) -> Text:
    told = Text(f"{line.at:%d %b %H:%M}  ", style="dim")
    told.append_text(plain(line.event)).append(" → ", style="dim").append(line.function or "", style="cyan")
    if line.entry is not None:
        told.append(" → ", style="dim").append(f"{line.entry.kind} ")
        told.append(line.entry.outcome, style=COLOURS.get(line.entry.outcome, ""))
        told.append(f"  #{line.entry.sequence} ", style="dim").append_text(plain(line.entry.reason))
    elif line.kind != "effect":
        told.append(f" → {line.kind}: ", style="bold red").append_text(plain(line.reason))
    for effect in line.effects:
        told.append(" → ", style="dim").append_text(plain(effect))
    return told


def _close(terminal: Console, figures: dict[str, str], *, held: int, of: int, page: Path | None) -> None:
    terminal.print()
    terminal.print(Rule(style="dim"))
    terminal.print("  ".join(f"[bold]{value}[/] [dim]{name}[/]" for name, value in figures.items()))
    colour = "green" if held == of else "bold red"
    terminal.print(f"[{colour}]{held} of {of} claims are borne out by the ledger[/]")
    if page is not None:
        terminal.print(f"[dim]the story as a page:[/] {page}")
