import io
import sys

import pytest
from rich.console import Console

from holdfast_console.check import progress
from holdfast_console.check.tally import Tally
from tests.unit.compliance.formats.made import FAILED


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Make standard error a terminal."""
    file = io.StringIO()
    monkeypatch.setattr(progress, "console", lambda **_: Console(file=file, force_terminal=True, width=80))
    return file


def test_findings_reach_standard_output_while_progress_is_shown(
    terminal: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    stdout = sys.stdout
    for finding in progress.counted([(FAILED,)], Tally()):
        assert sys.stdout is stdout
        sys.stdout.write(finding.resource)
    assert capsys.readouterr().out == "training-data"
    assert "training-data" not in terminal.getvalue()
    assert "1 resources, 1 failures" in terminal.getvalue() or "looking" in terminal.getvalue()


def test_no_progress_is_shown_between_findings_on_the_same_terminal(terminal: io.StringIO) -> None:
    assert list(progress.counted([(FAILED,)], Tally(), is_mixed=True)) == [FAILED]
    assert terminal.getvalue() == ""


def test_resources_and_findings_are_counted() -> None:
    tally = Tally()
    list(progress.counted([(FAILED, FAILED), (), (FAILED,)], tally))
    assert (tally.resources, tally.counts["fail"]) == (2, 3)
