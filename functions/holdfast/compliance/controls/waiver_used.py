"""Every waiver is there for something."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.waivers import MATCH, SAID


def check(facts: Facts) -> str | None:
    """Fail if no resource of the control's kind has a name that the waiver means."""
    match = facts[MATCH]
    if match.get("first") is not None:
        return None
    return f"no {match['kind']} matches {facts[SAID]['resource']!r}: remove the waiver, or mend its name"


CONTROL = Control(
    id="waiver_used",
    kind="waiver",
    title="something matches the waiver",
    severity="low",
    rationale="A waiver that matches nothing hides a misspelt name, or will one day permit what nobody meant.",
    advice="Remove the waiver, or correct the name of the resource in it.",
    references=(),
    events=(),
    reads=(SAID, MATCH),
    check=check,
)
