"""The words in which a resource is judged."""

from typing import Literal

Verdict = Literal["pass", "fail", "waived", "not_applicable", "unknown"]
Outcome = Literal["pass", "fail", "unknown", "deleted"]
Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
"""From the least to the gravest."""
