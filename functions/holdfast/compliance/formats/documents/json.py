"""JSON lines: one object per finding."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from holdfast.compliance.formats.format import Findings, Format
from holdfast.compliance.formats.judged import JudgedFinding

FIRST = ("resource_type", "resource", "control", "references", "verdict", "reason")
OF_THE_CONTROL = ("title", "rationale", "advice")
FIELDS = (*FIRST, *(field.name for field in fields(JudgedFinding) if field.name not in (*FIRST, *OF_THE_CONTROL)))


def as_object(finding: JudgedFinding) -> dict[str, Any]:
    """Give a finding as plain data, without what is not known of it, or is said of its control in the catalogue."""
    said = {name: value for name in FIELDS if (value := getattr(finding, name)) is not None}
    return {**said, "observed_at": finding.observed_at.isoformat()}


def write(findings: Findings) -> Iterator[str]:
    """Write a line per finding; all but ASCII is escaped, so that no terminal and no encoding trips over a name."""
    for finding in findings:
        yield json.dumps(as_object(finding), allow_nan=False)


FORMAT = Format(id="json", title="one JSON object a line", write=write)
