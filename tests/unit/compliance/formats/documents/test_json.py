import json

import pytest

from holdfast.compliance.formats.documents.json import FORMAT
from tests.unit.compliance.formats.made import DECLARED, FAILED, HOSTILE, hostile


def test_a_line_holds_what_the_issue_promises_first() -> None:
    [line] = FORMAT.write([FAILED])
    assert list(json.loads(line))[:6] == ["resource_type", "resource", "control", "references", "verdict", "reason"]
    assert json.loads(line)["observed_at"] == "2026-03-02T12:00:00+00:00"


def test_what_is_not_known_is_left_out() -> None:
    live, declared = map(json.loads, FORMAT.write([FAILED, DECLARED]))
    assert {"file", "line", "logical_id", "monthly_cost_usd"}.isdisjoint(live)
    assert (declared["file"], declared["line"], declared["logical_id"]) == ("stacks/data.yaml", 12, "TrainingData")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_on_its_line_and_comes_back_whole(name: str) -> None:
    lines = list(FORMAT.write(hostile(name)))
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert [json.loads(line)["resource"] for line in lines] == [name, name]


def test_findings_are_written_as_they_come() -> None:
    def endless() -> object:
        while True:
            yield FAILED

    assert json.loads(next(FORMAT.write(endless())))["control"] == "tls_only"  # type: ignore[arg-type]
