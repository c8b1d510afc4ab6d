import re

import pytest

from holdfast.compliance.formats.documents.github import FORMAT
from tests.unit.compliance.formats.made import DECLARED, FAILED, HOSTILE, hostile, made

COMMAND = re.compile(r"::(error|warning) ((?:\w+=[^:,\r\n]*)(?:,\w+=[^:,\r\n]*)*)::([^\r\n]*)")


def test_a_failure_stands_on_its_line_of_the_template() -> None:
    [line] = FORMAT.write([DECLARED])
    assert line.startswith("::error file=stacks/data.yaml,line=12,title=tls_only (medium)::TrainingData: there is no ")


def test_what_is_unknown_warns_and_what_holds_or_is_waived_says_nothing() -> None:
    lines = list(FORMAT.write([made(verdict=one) for one in ("unknown", "pass", "waived", "not_applicable")]))
    assert len(lines) == 1
    assert lines[0].startswith("::warning title=")


def test_a_live_finding_has_no_file() -> None:
    assert "file=" not in next(FORMAT.write([FAILED]))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_starts_no_command_of_its_own(name: str) -> None:
    for line in FORMAT.write(hostile(name)):
        assert COMMAND.fullmatch(line)
        assert line.isprintable()


def test_percent_colon_and_comma_are_escaped_as_the_runner_reads_them() -> None:
    [_, line] = FORMAT.write(hostile("50%,a:b"))
    assert "file=50%25%2Ca%3Ab," in line
    assert "::50%25,a:b: 50%25,a:b is open" in line
