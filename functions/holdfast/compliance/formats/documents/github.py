"""GitHub's workflow commands: findings as annotations on the lines of a pull request."""

from collections.abc import Iterator

from holdfast.compliance.formats.format import Findings, Format
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.shared.contract import printable

MOST_REFERENCES = 3
COMMANDS = {"fail": "error", "unknown": "warning"}


def write(findings: Findings) -> Iterator[str]:
    """Write a command per finding that fails or is unknown."""
    for finding in findings:
        if (command := COMMANDS.get(finding.verdict)) is not None:
            yield f"::{command} {_properties(finding)}::{_data(_said(finding))}"


def _properties(finding: JudgedFinding) -> str:
    title = f"{finding.control} ({finding.severity})"
    told = {"file": finding.file, "line": None if finding.file is None else finding.line, "title": title}
    return ",".join(f"{name}={_property(str(value))}" for name, value in told.items() if value is not None)


def _said(finding: JudgedFinding) -> str:
    where = finding.resource if finding.logical_id is None else finding.logical_id
    references = f" [{', '.join(finding.references[:MOST_REFERENCES])}]" if finding.references else ""
    return (
        f"{printable(where)}: {printable(finding.reason)}{printable(references)}\n{printable(finding.advice)}".strip()
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(id="github", title="annotations of a GitHub workflow", write=write)
