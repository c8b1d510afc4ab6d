import json
from typing import Any

import pytest

from holdfast.compliance.formats.documents.ocsf import FORMAT
from holdfast.compliance.formats.judged import JudgedFinding
from tests.unit.compliance.formats.made import DECLARED, FAILED, HOSTILE, hostile, made

REQUIRED = {"activity_id", "category_uid", "class_uid", "cloud", "compliance", "finding_info", "metadata",
            "severity_id", "time", "type_uid"}  # fmt: skip


def events(*findings: JudgedFinding) -> list[dict[str, Any]]:
    return [json.loads(line) for line in FORMAT.write(findings)]


def test_an_event_is_a_compliance_finding_with_all_that_the_class_requires() -> None:
    [event] = events(FAILED)
    assert event.keys() >= REQUIRED
    assert (event["class_uid"], event["category_uid"], event["type_uid"]) == (2003, 2, 200301)
    assert event["metadata"]["version"] == "1.8.0"
    assert event["metadata"]["product"]["vendor_name"] == "Holdfast"
    assert event["cloud"] == {"provider": "AWS", "region": "eu-west-1",
                              "account": {"uid": "123456789012", "type_id": 10, "type": "AWS Account"}}  # fmt: skip
    assert event["time"] == 1772452800000


@pytest.mark.parametrize(
    ("verdict", "compliance", "status", "severity"),
    [("pass", 1, 4, 1), ("fail", 3, 1, 3), ("waived", 2, 3, 1), ("unknown", 0, 1, 3), ("not_applicable", 99, 4, 1)],
)
def test_a_verdict_becomes_a_result_a_state_and_a_severity(
    verdict: str, compliance: int, status: int, severity: int
) -> None:
    [event] = events(made(verdict=verdict))
    assert (event["compliance"]["status_id"], event["status_id"], event["severity_id"]) == (
        compliance, status, severity,
    )  # fmt: skip


def test_references_become_standards_and_requirements() -> None:
    [event] = events(made(references=("FSBP S3.5", "NIST 800-53 SC-8", "SageMaker.4")))
    assert event["compliance"]["standards"] == ["FSBP", "NIST 800-53"]
    assert event["compliance"]["requirements"] == ["FSBP S3.5", "NIST 800-53 SC-8", "SageMaker.4"]


def test_the_id_of_a_finding_stays() -> None:
    first, second = events(FAILED, made(verdict="pass"))
    assert first["finding_info"]["uid"] == second["finding_info"]["uid"]


def test_a_declared_resource_names_its_file() -> None:
    [event] = events(DECLARED)
    assert event["resources"][0]["labels"] == ["file:stacks/data.yaml"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_line_of_ascii(name: str) -> None:
    lines = list(FORMAT.write(hostile(name)))
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert len(events(*hostile(name))) == 2
