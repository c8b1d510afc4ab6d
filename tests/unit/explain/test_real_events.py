"""Recorded events of AWS and of peers, each with the action it should cause."""

import json
from pathlib import Path
from typing import Any

import pytest

from holdfast_console.explain.files import explanations
from holdfast_console.explain.scope import Everything

REAL = Path(__file__).parents[4] / "shared" / "events" / "real"
ABSENT = [pytest.param(None, None, marks=pytest.mark.skip(reason="no recorded events beside the project"))]


def cases() -> list[Any]:
    found = []
    for index in sorted(REAL.glob("*/index.json")):
        for event in json.loads(index.read_text())["events"]:
            path = index.parent / event["file"]
            if isinstance(event["expected"], list):
                found.append(pytest.param(path, event["expected"], id=f"{path.parent.name}/{path.stem}"[:90]))
    return found or ABSENT


@pytest.mark.parametrize(("path", "expected"), cases())
def test_the_actions_are_those_that_the_index_states(path: Path, expected: list[dict[str, Any]]) -> None:
    [explanation] = explanations(str(path), Everything())
    assert explanation.said()["actions"] == expected
    assert explanation.reason
