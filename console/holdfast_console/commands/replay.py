"""`holdfast replay`: play events through the very wiring that would be deployed, with no account."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.queues import unheard
from holdfast_console.replay.session import START, Twin
from holdfast_console.replay.stories import Story, events_of, play
from holdfast_console.replay.trace import Line
from holdfast_console.story import chapters, telling
from holdfast_console.story.batch_reports import worst
from holdfast_console.story.report import report as page
from holdfast_console.terminal import coloured, console, json_line, plain

BUNDLED = Path(chapters.__file__).with_name("governance.yaml")
REAL_DATA = Path(__file__).parents[4] / "shared" / "data" / "bike"
STORY_SUFFIXES = frozenset({".yaml", ".yml"})
KINDS = {"failed": "red", "dead letter": "bold red", "denied": "bold red", "lost": "bold red", "effect": "cyan"}
FAILED = 1


@click.command(name="replay")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--manifest",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What is governed; default governance.yaml.",
)
@click.option("--seed", type=int, help="Shuffle what waits, the same way for the same seed.")
@click.option(
    "--deliveries", type=click.IntRange(1, 10), default=1, show_default=True, help="How often each delivery comes."
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the bundled story as an HTML page, and a batch report for each model that drifted.",
)
@click.option(
    "--export", type=click.Path(dir_okay=False, path_type=Path), help="Write the ledger, for `holdfast ledger verify`."
)
@click.option("--all", "everything", is_flag=True, help="Show quiet lines too: what was ignored, and why.")
@click.option("--grants", is_flag=True, help="List every grant of the template that the replay never used.")
@click.option(
    "--list-denied", is_flag=True, help="List what is not granted and go on, instead of failing at the first."
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON line for each line of the story, then one with the figures."
)
def replay(files: tuple[Path, ...], **options: Any) -> None:
    """Play events through the synthesised app: the template's rules, queues, functions and permissions, on a local AWS.

    FILES are recorded events (.json, .jsonl: EventBridge events, S3 notifications, CloudTrail records) or stories
    (.yaml: steps of put, event, call, next_run, advance, expect). Without any the bundled story is told.

    Example: holdfast replay events/*.json --manifest governance.yaml
    """
    telling = Telling(**options)
    if not files:
        telling.bundled()
    for story in (file for file in files if file.suffix in STORY_SUFFIXES):
        telling.story(story)
    if events := [file for file in files if file.suffix not in STORY_SUFFIXES]:
        telling.events(events)
    if telling.problems:
        raise click.exceptions.Exit(FAILED)


COMMAND = replay


class Telling:
    """One run of the command: what it plays, and how it tells it."""

    def __init__(
        self,
        *,
        manifest: Path | None,
        seed: int | None,
        deliveries: int,
        report: Path | None,
        export: Path | None,
        everything: bool,
        grants: bool,
        list_denied: bool,
        as_json: bool,
    ) -> None:
        self._manifest, self._seed, self._deliveries = manifest, seed, deliveries
        self._report, self._export, self._everything, self._grants = report, export, everything, grants
        self._list_denied, self._as_json = list_denied, as_json
        self._terminal = console()
        self.problems: list[str] = []

    def bundled(self) -> None:
        """Tell the bundled story, chapter by chapter, and check its claims."""
        with self._twin(self._manifest or BUNDLED, START, heard=unheard) as twin:
            told = []
            for number, chapter in enumerate(chapters.Teller(twin, real_data=REAL_DATA).tell(), 1):
                told.append(chapter)
                if self._as_json:
                    telling.record(number, chapter)
                else:
                    telling.show(self._terminal, number, chapter, everything=self._everything)
            claims = [claim for chapter in told for claim in chapter.claims]
            self._terminal.print()
            for claim in claims:
                if not claim.holds:
                    self._problem(f"not borne out: {claim.text}")
            if self._report is not None:
                pages = {f"{self._report.stem}-{model}.html": drawn for model, drawn in worst(twin)}
                for name, drawn in pages.items():
                    self._write(self._report.with_name(name), drawn)
                told_so = page(told, twin.ledger_entries(), _words(figures(twin)), reports=tuple(pages))
                self._write(self._report, told_so.encode())

    def story(self, path: Path) -> None:
        """Play a story and check what it expects."""
        story = Story.load(path)
        manifest = path.parent / story.manifest if story.manifest is not None else self._manifest_or_default()
        with self._twin(manifest, story.start) as twin:
            for problem in play(story, twin, folder=path.parent):
                self._problem(problem)

    def events(self, paths: list[Path]) -> None:
        """Play recorded events, file by file."""
        with self._twin(self._manifest_or_default(), START) as twin:
            for path in paths:
                for event in events_of(path):
                    twin.send(event)
                    twin.settle()
            for dead in twin.dead_letters():
                self._problem(f"dead letter: {dead.reason}")

    @contextmanager
    def _twin(self, manifest: Path, start: datetime, *, heard: Callable[[Line], None] | None = None) -> Iterator[Twin]:
        with Twin.start(
            manifest,
            start=start,
            seed=self._seed,
            deliveries=self._deliveries,
            collect=self._list_denied,
            heard=heard or self._hear,
        ) as twin:
            yield twin
            for error in twin.denied:
                self._problem(f"not granted: {error}")
            if self._export is not None:
                self._export.parent.mkdir(parents=True, exist_ok=True)
                twin.export_ledger(self._export)
            self._sum_up(twin)

    def _manifest_or_default(self) -> Path:
        found = self._manifest or Path("governance.yaml")
        if not found.is_file():
            raise ConfigurationError(f"{found}: no such manifest: name one with --manifest")
        return found

    def _hear(self, line: Line) -> None:
        if self._as_json:
            json_line(line.record())
        elif self._everything or not line.is_quiet:
            self._terminal.print(_shown(line), soft_wrap=True)

    def _problem(self, problem: str) -> None:
        self.problems.append(problem)
        if self._as_json:
            json_line({"kind": "problem", "reason": problem})
        else:
            self._terminal.print(Text("✗ ", "bold red") + plain(problem), soft_wrap=True)

    def _sum_up(self, twin: Twin) -> None:
        unused = [f"{grant.owner} {grant.policy}/{grant.statement} {grant.action}" for grant in twin.unused_grants()]
        if self._as_json:
            json_line({"kind": "figures", **figures(twin), **({"unused_grants": unused} if self._grants else {})})
            return
        for name, value in _words(figures(twin)).items():
            self._terminal.print(plain(f"{value:>10}  {name}"))
        for grant in unused if self._grants else ():
            self._terminal.print(plain(f"never used: {grant}"), style="dim", soft_wrap=True)

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def figures(twin: Twin) -> dict[str, int | float]:
    """Count what a replay came to."""
    return {
        "events": twin.events,
        "events_per_second": round(twin.events / twin.seconds, 1) if twin.seconds else 0.0,
        "ledger_entries": len(twin.ledger_entries()),
        "runs": len(twin.sagemaker.runs),
        "notifications": len(twin.notifications()),
        "dead_letters": len(twin.dead_letters()),
        "not_granted": len(twin.denied),
        "grants_proved": len(twin.proof.calls),
        "grants_never_used": len(twin.unused_grants()),
    }


def _words(counted: dict[str, int | float]) -> dict[str, str]:
    return {name.replace("_", " "): f"{value:,}" for name, value in counted.items()}


def _shown(line: Line) -> Text:
    """Show a line of the story in colour: the moment, the way it went, and what was decided."""
    said = Text(f"{line.at:%Y-%m-%d %H:%M}  ", "dim") + plain(line.event)
    if line.function is not None:
        said += Text(" → ", "dim") + Text(line.function, "bold")
    if line.entry is not None:
        entry = line.entry
        said += (
            Text(" → ", "dim")
            + plain(f"{entry.kind} #{entry.sequence} ")
            + coloured(entry.outcome)
            + plain(f": {entry.reason}")
        )
    elif line.reason:
        said += Text(" → ", "dim") + Text(line.kind, KINDS.get(line.kind, "dim")) + plain(f": {line.reason}")
    for effect in line.effects:
        said += Text(" → ", "dim") + plain(effect)
    return said
