import json
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from holdfast.compliance.formats.documents.asff import FORMAT, as_asff
from tests.unit.compliance.formats.made import DECLARED, FAILED, HOSTILE, hostile, made

SHAPE = botocore.session.get_session().get_service_model("securityhub").shape_for("AwsSecurityFinding")
LENGTHS = {"Id": 512, "Title": 256, "Description": 1024, "GeneratorId": 512}


def must_be_asff(finding: dict[str, Any]) -> None:
    """Hold a finding against the API's model and the lengths that Security Hub documents."""
    assert not ParamValidator().validate(finding, SHAPE).has_errors()
    for name, most in LENGTHS.items():
        assert 0 < len(finding[name]) <= most, name
    compliance, remediation = finding["Compliance"], finding["Remediation"]["Recommendation"]
    enums = {name: SHAPE.members[name].members[part].enum for name, part in
             (("Severity", "Label"), ("Compliance", "Status"), ("Workflow", "Status"))}  # fmt: skip
    assert finding["Severity"]["Label"] in enums["Severity"]
    assert compliance["Status"] in enums["Compliance"]
    assert finding["Workflow"]["Status"] in enums["Workflow"]
    assert finding["RecordState"] in SHAPE.members["RecordState"].enum
    assert len(compliance.get("RelatedRequirements", [])) <= 32
    assert all(0 < len(one) <= 64 for one in compliance.get("RelatedRequirements", []))
    assert len(remediation["Text"]) <= 512
    assert all(0 < len(one["Id"]) <= 512 for one in finding["Resources"])
    assert len(json.dumps(finding)) < 240_000


def test_a_failure_is_active_new_and_of_our_own_product() -> None:
    found = as_asff(FAILED)
    must_be_asff(found)
    assert found["SchemaVersion"] == "2018-10-08"
    assert found["ProductArn"] == "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default"
    assert (found["Compliance"]["Status"], found["RecordState"]) == ("FAILED", "ACTIVE")
    assert found["Compliance"]["RelatedRequirements"] == ["FSBP S3.5", "NIST 800-53 SC-8"]
    assert found["Workflow"] == {"Status": "NEW"}
    assert found["Severity"]["Label"] == "MEDIUM"
    assert found["UpdatedAt"] == "2026-03-02T12:00:00.000Z"
    assert found["Resources"] == [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::training-data", "Partition": "aws",
                                   "Region": "eu-west-1"}]  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "status", "workflow", "record"),
    [
        ("pass", "PASSED", "RESOLVED", "ARCHIVED"),
        ("waived", "WARNING", "SUPPRESSED", "ACTIVE"),
        ("unknown", "NOT_AVAILABLE", "NEW", "ACTIVE"),
        ("not_applicable", "NOT_AVAILABLE", "RESOLVED", "ARCHIVED"),
    ],
)
def test_what_is_fixed_or_does_not_apply_is_archived(verdict: str, status: str, workflow: str, record: str) -> None:
    found = as_asff(made(verdict=verdict))
    must_be_asff(found)
    assert (found["Compliance"]["Status"], found["Workflow"]["Status"], found["RecordState"]) == (
        status, workflow, record,
    )  # fmt: skip


def test_the_id_stays_from_the_first_look_to_the_last() -> None:
    assert {as_asff(made(verdict=one))["Id"] for one in ("fail", "pass", "unknown")} == {
        "holdfast/123456789012/eu-west-1/s3_bucket/training-data/tls_only"
    }


def test_what_was_seen_before_keeps_its_first_time() -> None:
    found = as_asff(FAILED, first_observed_at=datetime(2026, 1, 5, 8, tzinfo=UTC))
    assert (found["FirstObservedAt"], found["UpdatedAt"]) == ("2026-01-05T08:00:00.000Z", "2026-03-02T12:00:00.000Z")


def test_long_texts_are_cut_to_what_security_hub_takes() -> None:
    references = tuple(f"Config {'r' * 80}-{number}" for number in range(50))
    found = as_asff(made(reason="r" * 5000, title="t" * 999, advice="a" * 999, references=references))
    must_be_asff(found)
    assert found["Description"].endswith("…")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_taken_and_two_of_them_stay_apart(name: str) -> None:
    for finding in hostile(name):
        must_be_asff(as_asff(finding))
    assert as_asff(made(resource=name))["Id"] != as_asff(made(resource=f"{name}x"))["Id"]


def test_names_that_look_alike_once_printed_have_ids_of_their_own() -> None:
    assert as_asff(made(resource="a\nb"))["Id"] != as_asff(made(resource="a\\nb"))["Id"]


def test_the_document_is_one_array() -> None:
    assert json.loads("\n".join(FORMAT.write([]))) == []
    assert [one["Region"] for one in json.loads("\n".join(FORMAT.write([FAILED, DECLARED])))] == ["eu-west-1"] * 2
