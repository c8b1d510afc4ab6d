"""Tell a person what a check found: what fails first, by the gravest control, and what passes in one line each."""

from collections import Counter
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from holdfast.compliance import catalogue
from holdfast.compliance.contract import Verdict
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast_console.check.tally import Line, Tally
from holdfast_console.terminal import plain

STYLES: dict[Verdict, str] = {
    "fail": "red",
    "unknown": "yellow",
    "waived": "cyan",
    "pass": "green",
    "not_applicable": "bright_black",
}
WORDS: dict[Verdict, str] = {
    "fail": "fail",
    "unknown": "unknown",
    "waived": "waived",
    "pass": "pass",
    "not_applicable": "n/a",
}
MARKS = {"fail": "✗", "unknown": "?", "pass": "✓"}
GRAVITY = {"critical": "bold white on red", "high": "bold red", "medium": "yellow", "low": "blue"}
WIDTH, BELOW = 110, (0, 0, 0, 4)


def show(tally: Tally, terminal: Console, *, about: str) -> None:
    """Print the whole table; it fits 80 columns and grows no wider than a person reads."""
    width = min(terminal.width, WIDTH)
    lines = sorted(tally.lines.values(), key=lambda line: line.rank)
    troubled = [line for line in lines if line.examples]
    for line in troubled:
        terminal.print(Group(_head(line), *_examples(line)), width=width)
    if quiet := [line for line in lines if not line.examples]:
        terminal.print(_quiet(quiet), width=width)
    terminal.print(Panel(_summary(tally, about), border_style=STYLES[_worst(tally)], width=width))


def _head(line: Line) -> RenderableType:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=1)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    worst: Verdict = "fail" if line.counts["fail"] else "unknown"
    severity = line.latest.severity
    name = Text.assemble((f"{line.latest.control} ", "bold"), (f" {severity} ", GRAVITY[severity]), " ")
    references = plain("  ".join(line.latest.references[:2]))
    references.stylize("bright_black")
    grid.add_row(Text(MARKS[worst], style=STYLES[worst]), name.append_text(references), _counts(line.counts, "  "))
    return grid


def _counts(counts: Counter[Verdict], between: str) -> Text:
    told = [Text(f"{counts[verdict]:,} {WORDS[verdict]}", STYLES[verdict]) for verdict in WORDS if counts[verdict]]
    return Text(between).join(told)


def _examples(line: Line) -> Iterator[RenderableType]:
    for finding in line.examples:
        verdict = (f"{WORDS[finding.verdict]}  ", STYLES[finding.verdict])
        yield Padding(Text.assemble(verdict, _where(finding), ": ", plain(finding.reason)), BELOW)
    if (more := line.counts["fail"] + line.counts["unknown"] - len(line.examples)) > 0:
        yield Padding(Text(f"and {more:,} more: --json names them all", "bright_black"), BELOW)
    yield Padding(Text.assemble(("→ ", "cyan"), plain(line.latest.advice)) if _helps(line) else Text(), (0, 0, 1, 4))


def _helps(line: Line) -> bool:
    """Tell whether the advice is of use: a control's own says what to do about a failure, and nothing has failed."""
    return bool(line.counts["fail"]) or line.latest.control not in catalogue.every_control()


def _where(finding: JudgedFinding) -> Text:
    name = plain(finding.resource)
    name.stylize("bold")
    if finding.file is not None:
        return Text.assemble(plain(f"{finding.file}:{finding.line or 1} "), name)
    return name


def _quiet(lines: list[Line]) -> RenderableType:
    """Give a line to each control that nothing fails."""
    table = Table(box=None, show_header=False, padding=(0, 1), expand=True, pad_edge=False)
    table.add_column(width=1)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for line in lines:
        mark = Text(MARKS["pass"], STYLES["pass"]) if line.counts["pass"] else Text("·", "bright_black")
        table.add_row(mark, plain(line.latest.control), _counts(line.counts, "  "))
    return table


def _summary(tally: Tally, about: str) -> Text:
    text = _counts(tally.counts, "  ·  ") if tally.counts else Text("nothing to judge")
    cost = sum(line.monthly_cost_usd for line in tally.lines.values())
    if cost:
        text.append(f"  ·  about ${cost:,.2f} a month", "magenta")
    return text.append("\n").append_text(plain(about))


def _worst(tally: Tally) -> Verdict:
    troubles: tuple[Verdict, ...] = ("fail", "unknown")
    return next((verdict for verdict in troubles if tally.counts[verdict]), "pass")
