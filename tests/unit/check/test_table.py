import io

import pytest
from rich.console import Console

from holdfast_console.check.table import show
from holdfast_console.check.tally import Tally
from tests.unit.compliance.formats.made import DECLARED, HOSTILE, hostile, made


def shown(tally: Tally, width: int = 80) -> str:
    terminal = Console(file=io.StringIO(), width=width, highlight=False)
    show(tally, terminal, about="3 resources · account 123456789012 · eu-west-1")
    file = terminal.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_what_fails_stands_above_what_passes_with_its_reason_and_advice() -> None:
    tally = Tally()
    for finding in (made(control="lifecycle", verdict="pass"), made(), made(verdict="pass", resource="b")):
        tally.count(finding)
    text = shown(tally)
    assert text.index("tls_only") < text.index("training-data") < text.index("→ Deny s3:*") < text.index("lifecycle")
    assert "1 fail  ·  2 pass" in text


def test_nothing_to_judge_is_said() -> None:
    assert "nothing to judge" in shown(Tally())


def test_what_may_be_well_gets_no_advice_how_to_mend_it() -> None:
    tally = Tally()
    tally.count(made(verdict="unknown", reason="s3:GetBucketPolicy is denied"))
    assert "→" not in shown(tally)


def test_a_finding_in_a_template_says_where() -> None:
    tally = Tally()
    tally.count(DECLARED)
    assert "stacks/data.yaml:12" in shown(tally)


def test_costs_are_summed() -> None:
    tally = Tally()
    for cost in (103.5, 20.25):
        tally.count(made(monthly_cost_usd=cost))
    assert "about $123.75 a month" in " ".join(shown(tally).split())


def test_the_rest_of_many_failures_is_counted() -> None:
    tally = Tally()
    for number in range(1200):
        tally.count(made(resource=f"bucket-{number}"))
    assert "and 1,195 more" in shown(tally)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_neither_breaks_the_table_nor_reaches_the_terminal(name: str) -> None:
    tally = Tally()
    for finding in hostile(name):
        tally.count(finding)
    text = shown(tally)
    assert "\x1b" not in text
    assert "\r" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
