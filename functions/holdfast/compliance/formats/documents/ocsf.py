"""OCSF 1.8.0, class 2003 Compliance Finding: the Open Cybersecurity Schema Framework."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from holdfast.compliance.formats.format import Findings, Format
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.shared.contract import printable

VERSION = "1.8.0"
FINDINGS, COMPLIANCE_FINDING, CREATE = 2, 2003, 1
SEVERITIES = {"low": (2, "Low"), "medium": (3, "Medium"), "high": (4, "High"), "critical": (5, "Critical")}
INFORMATIONAL = (1, "Informational")
COMPLIANCE = {"pass": (1, "Pass"), "fail": (3, "Fail"), "waived": (2, "Warning"), "unknown": (0, "Unknown"),
              "not_applicable": (99, "Not Applicable")}  # fmt: skip
STATUSES = {"pass": (4, "Resolved"), "not_applicable": (4, "Resolved"), "waived": (3, "Suppressed")}
NEW = (1, "New")
AWS_ACCOUNT, RULE = 10, 1
Object = dict[str, Any]


def as_ocsf(finding: JudgedFinding) -> Object:
    """Give a finding as an OCSF event."""
    verdict_id, verdict = COMPLIANCE[finding.verdict]
    status_id, status = STATUSES.get(finding.verdict, NEW)
    is_trouble = finding.verdict in ("fail", "unknown")
    severity_id, severity = SEVERITIES[finding.severity] if is_trouble else INFORMATIONAL
    moment = _milliseconds(finding.observed_at)
    told: Object = {
        "activity_id": CREATE, "activity_name": "Create",
        "category_uid": FINDINGS, "category_name": "Findings",
        "class_uid": COMPLIANCE_FINDING, "class_name": "Compliance Finding",
        "type_uid": COMPLIANCE_FINDING * 100 + CREATE, "type_name": "Compliance Finding: Create",
        "time": moment, "message": printable(finding.reason),
        "severity_id": severity_id, "severity": severity, "status_id": status_id, "status": status,
        "metadata": {
            "version": VERSION, "profiles": ["cloud"], "product": {"name": "Holdfast", "vendor_name": "Holdfast"},
            "event_code": finding.control,
        },
        "cloud": {
            "provider": "AWS", "region": finding.region,
            "account": {"uid": finding.account, "type_id": AWS_ACCOUNT, "type": "AWS Account"},
        },
        "finding_info": {
            "uid": finding.fingerprint, "title": printable(finding.title), "desc": printable(finding.reason),
            "types": ["Compliance"], "created_time": moment, "product_uid": "holdfast",
            "analytic": {"uid": finding.control, "name": finding.control, "type_id": RULE, "type": "Rule"},
        },
        "compliance": {
            "control": finding.control, "desc": printable(finding.rationale),
            "standards": sorted({_standard(one) for one in finding.references}) or ["Holdfast"],
            "requirements": [printable(reference) for reference in finding.references],
            "status_id": verdict_id, "status": verdict, "status_code": finding.verdict,
        },
        "resources": [_resource(finding)],
    }  # fmt: skip
    return told | ({"remediation": {"desc": printable(finding.advice)}} if finding.advice else {})


def write(findings: Findings) -> Iterator[str]:
    """Write an event a line as it comes."""
    for finding in findings:
        yield json.dumps(as_ocsf(finding), allow_nan=False)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _standard(reference: str) -> str:
    """Give what a reference is of: its words but the last, or, for `SageMaker.4`, the foundational standard."""
    return printable(reference.rpartition(" ")[0]) or "FSBP"


def _resource(finding: JudgedFinding) -> Object:
    name = printable(finding.logical_id or finding.resource)
    told = {
        "uid": printable(finding.arn or f"{finding.resource_type}/{name}"), "name": name,
        "type": finding.resource_type, "region": finding.region, "cloud_partition": finding.partition,
        "owner": {"account": {"uid": finding.account, "type_id": AWS_ACCOUNT, "type": "AWS Account"}},
    }  # fmt: skip
    return told if finding.file is None else {**told, "labels": [f"file:{printable(finding.file)}"]}


FORMAT = Format(id="ocsf", title=f"OCSF {VERSION} compliance findings, one a line", write=write)
