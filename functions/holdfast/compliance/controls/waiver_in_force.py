"""No waiver has run out unnoticed."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.waivers import SAID


def check(facts: Facts) -> str | None:
    """Fail once the waiver's last day is over: from then on it waives nothing."""
    waiver = facts[SAID]
    if facts.now < waiver["ends"]:
        return None
    return (
        f"it expired after {waiver['expires']} and waives nothing any more; {waiver['owner']} must renew or remove it"
    )


CONTROL = Control(
    id="waiver_in_force",
    kind="waiver",
    title="the waiver is in force",
    severity="medium",
    rationale="An expired waiver reads like permission and gives none.",
    advice="Put the resource right and remove the waiver, or renew it with a new reason and date.",
    references=(),
    events=(),
    reads=(SAID,),
    check=check,
)
