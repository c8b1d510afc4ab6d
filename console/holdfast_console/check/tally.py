"""Count what a check found, in as much memory as there are controls."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from holdfast.compliance.contract import SEVERITIES, Severity, Verdict
from holdfast.compliance.formats.judged import JudgedFinding

MOST_EXAMPLES = 5
TROUBLE = ("fail", "unknown")


@dataclass(slots=True)
class Line:
    """What one control says: how often which verdict, and the first few that it fails or cannot judge."""

    latest: JudgedFinding
    counts: Counter[Verdict] = field(default_factory=Counter)
    examples: list[JudgedFinding] = field(default_factory=list)
    monthly_cost_usd: float = 0.0

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Sort failures first, the gravest at the top, then what is unknown."""
        has_failed, is_unknown = bool(self.counts["fail"]), bool(self.counts["unknown"])
        return (not has_failed, not is_unknown, -SEVERITIES.index(self.latest.severity), self.latest.control)


@dataclass(slots=True)
class Tally:
    """A whole check, counted as it goes by."""

    fails_from: Severity = "low"
    lines: dict[str, Line] = field(default_factory=dict)
    counts: Counter[Verdict] = field(default_factory=Counter)
    resources: int = 0
    has_failed: bool = False
    is_unread: bool = False

    def counting(self, findings: Iterable[JudgedFinding]) -> Iterator[JudgedFinding]:
        """Count findings and hand them on."""
        for finding in findings:
            self.count(finding)
            yield finding

    def count(self, finding: JudgedFinding) -> None:
        """Count one finding."""
        line = self.lines.setdefault(finding.control, Line(finding))
        line.counts[finding.verdict] += 1
        self.counts[finding.verdict] += 1
        if finding.verdict == "fail":
            line.monthly_cost_usd += finding.monthly_cost_usd or 0
            self.has_failed |= SEVERITIES.index(finding.severity) >= SEVERITIES.index(self.fails_from)
        if finding.verdict in TROUBLE:
            self._keep(line, finding)

    def _keep(self, line: Line, finding: JudgedFinding) -> None:
        """Keep the first few examples, failures before what is unknown."""
        if len(line.examples) < MOST_EXAMPLES:
            line.examples.append(finding)
        elif finding.verdict == "fail" and (place := _first_unknown(line.examples)) is not None:
            line.examples[place] = finding

    @property
    def exit_code(self) -> int:
        """Give 1 if anything fails that is grave enough, else 2 if anything is unknown, else 0."""
        if self.has_failed:
            return 1
        return 2 if self.counts["unknown"] or self.is_unread else 0


def _first_unknown(examples: list[JudgedFinding]) -> int | None:
    return next((place for place, one in enumerate(examples) if one.verdict == "unknown"), None)
