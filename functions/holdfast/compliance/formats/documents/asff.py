"""The AWS Security Finding Format, which Security Hub CSPM takes by BatchImportFindings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from holdfast.compliance.formats.format import Findings, Format, capped
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.shared.contract import printable

TYPES = ["Software and Configuration Checks/AWS Security Best Practices"]
STATUSES = {"pass": "PASSED", "fail": "FAILED", "waived": "WARNING", "not_applicable": "NOT_AVAILABLE",
            "unknown": "NOT_AVAILABLE"}  # fmt: skip
WORKFLOWS = {"pass": "RESOLVED", "fail": "NEW", "waived": "SUPPRESSED", "not_applicable": "RESOLVED", "unknown": "NEW"}
OVER = frozenset({"pass", "not_applicable"})
RESOURCES = {"AWS::S3::Bucket": "AwsS3Bucket", "AWS::SageMaker::NotebookInstance": "AwsSageMakerNotebookInstance",
             "AWS::S3::AccessPoint": "AwsS3AccessPoint", "AWS::::Account": "AwsAccount"}  # fmt: skip
MOST_ID, MOST_TITLE, MOST_DESCRIPTION, MOST_ADVICE = 512, 256, 1024, 512
MOST_REQUIREMENTS, MOST_REQUIREMENT = 32, 64
Object = dict[str, Any]


def as_asff(finding: JudgedFinding, *, first_observed_at: datetime | None = None) -> Object:
    """Give a finding as Security Hub takes it; what is fixed or does not apply (any more) is archived."""
    is_over = finding.verdict in OVER
    observed = _time(finding.observed_at)
    severity = "INFORMATIONAL" if is_over else finding.severity.upper()
    told: Object = {
        "SchemaVersion": "2018-10-08",
        "Id": identity(finding),
        "ProductArn": product_arn(finding.partition, finding.region, finding.account),
        "ProductName": "Holdfast",
        "CompanyName": "Holdfast",
        "Region": finding.region,
        "GeneratorId": f"holdfast/{finding.control}",
        "AwsAccountId": finding.account,
        "Types": TYPES,
        "FirstObservedAt": _time(first_observed_at or finding.observed_at),
        "LastObservedAt": observed,
        "CreatedAt": _time(first_observed_at or finding.observed_at),
        "UpdatedAt": observed,
        "Severity": {"Label": severity, "Original": finding.severity},
        "Title": capped(f"{finding.control}: {printable(finding.title)}", MOST_TITLE),
        "Description": capped(printable(finding.reason), MOST_DESCRIPTION),
        "ProductFields": _fields(finding),
        "Resources": [_resource(finding)],
        "Compliance": _compliance(finding),
        "Workflow": {"Status": WORKFLOWS[finding.verdict]},
        "RecordState": "ARCHIVED" if is_over else "ACTIVE",
        "FindingProviderFields": {"Severity": {"Label": severity, "Original": finding.severity}, "Types": TYPES},
    }
    if finding.advice:
        told["Remediation"] = {"Recommendation": {"Text": capped(printable(finding.advice), MOST_ADVICE)}}
    return told


def identity(finding: JudgedFinding) -> str:
    """Give the id under which Security Hub keeps a finding, from its first look to its last."""
    readable = "/".join(("holdfast", *finding.subject[1:], finding.control))
    whole = printable(readable)
    return whole if whole == readable and len(whole) <= MOST_ID else f"holdfast/{finding.fingerprint}"


def product_arn(partition: str, region: str, account: str) -> str:
    """Name the product that an account's own findings are of."""
    return f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(finding: JudgedFinding) -> dict[str, str]:
    told = {"verdict": finding.verdict, "kind": finding.kind, "control": finding.control}
    if finding.monthly_cost_usd is not None:
        told["monthly_cost_usd"] = f"{finding.monthly_cost_usd:.2f}"
    return {f"holdfast/{name}": value for name, value in told.items()}


def _resource(finding: JudgedFinding) -> Object:
    name = printable(finding.arn or f"{finding.resource_type}:{finding.logical_id or finding.resource}")
    return {
        "Type": RESOURCES.get(finding.resource_type, "Other"),
        "Id": capped(name, MOST_ID),
        "Partition": finding.partition,
        "Region": finding.region,
    }


def _compliance(finding: JudgedFinding) -> Object:
    references = sorted({printable(reference)[:MOST_REQUIREMENT] for reference in finding.references})
    told: Object = {"Status": STATUSES[finding.verdict]}
    return told | ({"RelatedRequirements": references[:MOST_REQUIREMENTS]} if references else {})


def write(findings: Findings) -> Iterator[str]:
    """Write one JSON array, a finding a line as it comes."""
    separator = "["
    for finding in findings:
        yield separator + json.dumps(as_asff(finding), allow_nan=False)
        separator = ","
    yield "[]" if separator == "[" else "]"


FORMAT = Format(id="asff", title="the AWS Security Finding Format, as one array", write=write)
