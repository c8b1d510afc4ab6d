import json
import re
from typing import Any

import pytest

from holdfast.compliance.formats.documents.sarif import FORMAT
from holdfast.compliance.formats.judged import JudgedFinding
from tests.unit.compliance.formats.made import DECLARED, FAILED, HOSTILE, hostile, made

URI = re.compile(r"[A-Za-z0-9._~/:%-]*")
LEVELS = {"none", "note", "warning", "error"}


def log(*findings: JudgedFinding) -> dict[str, Any]:
    document: dict[str, Any] = json.loads("\n".join(FORMAT.write(findings)))
    return document


def run(*findings: JudgedFinding) -> dict[str, Any]:
    [found] = log(*findings)["runs"]
    return dict(found)


def must_be_sarif(document: dict[str, Any]) -> None:
    """Hold a log against what SARIF 2.1.0 requires and allows of the properties that we use."""
    assert document["version"] == "2.1.0"
    assert set(document) <= {"$schema", "version", "runs"}
    for one in document["runs"]:
        rules = one["tool"]["driver"]["rules"]
        assert one["tool"]["driver"]["name"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for rule in rules:
            assert rule["help"]["text"]
            assert rule["shortDescription"]["text"]
            assert rule["defaultConfiguration"]["level"] in LEVELS
        for result in one["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"]
            assert result["level"] in LEVELS
            assert (result["kind"] == "fail") == (result["level"] != "none")
            for location in result["locations"]:
                if physical := location.get("physicalLocation"):
                    assert URI.fullmatch(physical["artifactLocation"]["uri"])
                    assert physical["region"]["startLine"] >= 1


def test_a_check_without_findings_is_a_whole_log() -> None:
    must_be_sarif(log())
    assert run()["results"] == []


def test_a_result_points_at_its_rule_and_line() -> None:
    found = run(made(control="lifecycle"), DECLARED, DECLARED)
    assert [rule["id"] for rule in found["tool"]["driver"]["rules"]] == ["lifecycle", "tls_only"]
    physical = found["results"][2]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "stacks/data.yaml", "uriBaseId": "%SRCROOT%"}
    assert physical["region"] == {"startLine": 12}


def test_only_what_fails_or_is_unknown_is_a_result() -> None:
    verdicts = ("pass", "fail", "waived", "not_applicable", "unknown")
    found = run(*(made(verdict=one) for one in verdicts))["results"]
    assert [(one["kind"], one["level"]) for one in found] == [("fail", "warning"), ("open", "none")]


@pytest.mark.parametrize(("severity", "level"), [("critical", "error"), ("high", "error"), ("low", "note")])
def test_severity_becomes_a_level_and_a_score(severity: str, level: str) -> None:
    found = run(made(severity=severity))
    [rule] = found["tool"]["driver"]["rules"]
    assert (found["results"][0]["level"], rule["defaultConfiguration"]["level"]) == (level, level)
    assert 0 < float(rule["properties"]["security-severity"]) <= 10


def test_fingerprints_stay_when_a_line_moves_and_differ_between_resources() -> None:
    [first, moved, other] = run(DECLARED, made(file="stacks/data.yaml", logical_id="TrainingData", line=99),
                                made(resource="other"))["results"]  # fmt: skip
    assert first["partialFingerprints"] == moved["partialFingerprints"] != other["partialFingerprints"]


def test_a_rule_bears_no_more_tags_than_code_scanning_takes() -> None:
    [rule] = run(made(references=tuple(f"NIST 800-53 AC-{number}" for number in range(50))))["tool"]["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 20


def test_a_live_resource_is_a_logical_location() -> None:
    [location] = run(FAILED)["results"][0]["locations"]
    assert location == {"logicalLocations": [
        {"name": "training-data", "kind": "resource", "fullyQualifiedName": "arn:aws:s3:::training-data"}]}  # fmt: skip


def test_an_absolute_path_is_a_file_uri() -> None:
    [result] = run(made(file="/srv/a b/t.json", line=1))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///srv/a%20b/t.json"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_leaves_the_log_whole(name: str) -> None:
    must_be_sarif(log(*hostile(name)))
