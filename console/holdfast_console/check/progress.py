"""Show on standard error that a long check is alive."""

from collections.abc import Iterable, Iterator

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from holdfast.compliance.formats.judged import JudgedFinding
from holdfast_console.check.tally import Tally
from holdfast_console.terminal import console


def counted(
    told: Iterable[tuple[JudgedFinding, ...]], tally: Tally, *, is_mixed: bool = False
) -> Iterator[JudgedFinding]:
    """Hand findings on one by one, counting them and the resources they are of.

    `is_mixed` says that findings go to the terminal that the progress would be shown on. Standard output is left as it
    is: rich would otherwise send it to the terminal, past the file that it was meant for.
    """
    terminal = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    is_off = is_mixed or not terminal.is_terminal
    with Progress(
        *columns, console=terminal, transient=True, disable=is_off, redirect_stdout=False, redirect_stderr=False
    ) as progress:
        task = progress.add_task("looking")
        for findings in told:
            tally.resources += bool(findings)
            if findings:
                said = f"{tally.resources:,} resources, {tally.counts['fail']:,} failures · {findings[0].kind}"
                progress.update(task, description=said)
            yield from tally.counting(findings)
