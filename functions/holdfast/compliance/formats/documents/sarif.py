"""SARIF 2.1.0 (OASIS): what code scanning reads."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from holdfast.compliance.formats.format import Findings, Format
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.shared.contract import printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
MOST_TAGS = 20  # GitHub refuses a log with a rule of more
TOLD = frozenset({"fail", "unknown"})
Object = dict[str, Any]


def write(findings: Findings) -> Iterator[str]:
    """Write one log: a result a line as it comes, and the rules they point at when all have come."""
    rules: dict[str, Object] = {}
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{"columnKind": "unicodeCodePoints", "results": ['
    separator = ""
    for finding in findings:
        if finding.verdict in TOLD:
            rules.setdefault(finding.control, _rule(finding))
            place = list(rules).index(finding.control)
            yield separator + json.dumps(_result(finding, place), allow_nan=False)
            separator = ","
    driver = {"name": "Holdfast", "rules": list(rules.values())}
    yield f'], "tool": {{"driver": {json.dumps(driver, allow_nan=False)}}}}}]}}'


def _rule(finding: JudgedFinding) -> Object:
    said = f"{finding.rationale} {finding.advice}".strip() or finding.title
    return {
        "id": finding.control,
        "name": "".join(part.title() for part in finding.control.split("_")),
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": finding.rationale or finding.title},
        "help": {"text": said, "markdown": _markdown(finding)},
        "defaultConfiguration": {"level": LEVELS[finding.severity]},
        "properties": {
            "tags": ["security", "compliance", *finding.references][:MOST_TAGS],
            "precision": "very-high",
            "problem.severity": LEVELS[finding.severity].replace("note", "recommendation"),
            "security-severity": SCORES[finding.severity],
        },
    }


def _markdown(finding: JudgedFinding) -> str:
    references = "".join(f"\n- {reference}" for reference in finding.references)
    return f"**{finding.title}**\n\n{finding.rationale}\n\n{finding.advice}\n{references}".strip()


def _result(finding: JudgedFinding, place: int) -> Object:
    """Give the result; what is unknown is `open`, to which SARIF allows no level but none."""
    is_known = finding.verdict == "fail"
    return {
        "ruleId": finding.control,
        "ruleIndex": place,
        "kind": "fail" if is_known else "open",
        "level": LEVELS[finding.severity] if is_known else "none",
        "message": {"text": f"{printable(finding.logical_id or finding.resource)}: {printable(finding.reason)}"},
        "locations": [_location(finding)],
        "partialFingerprints": {"holdfastFinding/v1": finding.fingerprint},
        "properties": {"account": finding.account, "region": finding.region, "severity": finding.severity},
    }


def _location(finding: JudgedFinding) -> Object:
    logical = {"name": printable(finding.logical_id or finding.resource), "kind": "resource"}
    where = printable(finding.arn or f"{finding.resource_type}/{finding.resource}")
    location: Object = {"logicalLocations": [{**logical, "fullyQualifiedName": where}]}
    if finding.file is not None:
        region = {"region": {"startLine": max(finding.line or 1, 1)}}
        location["physicalLocation"] = {"artifactLocation": _artifact(finding.file), **region}
    return location


def _artifact(path: str) -> dict[str, str]:
    """Point at a file: below the root of the sources, unless its path is absolute."""
    uri = quote(path.encode(errors="backslashreplace"), safe="/~")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri.removeprefix("./"), "uriBaseId": "%SRCROOT%"}


FORMAT = Format(id="sarif", title="SARIF 2.1.0, for code scanning", write=write)
