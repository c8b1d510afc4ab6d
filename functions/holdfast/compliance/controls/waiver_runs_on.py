"""A waiver's end is announced before it comes."""

from datetime import timedelta

from pydantic import Field

from holdfast.compliance.control import Control, NotApplicable
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.waivers import SAID


class Notice(Parameters):
    """How many days before its end a waiver's owner is warned."""

    warning_days: int = Field(default=14, ge=0, le=366)


def check(facts: Facts) -> str | NotApplicable | None:
    """Fail in the last days of a waiver, which is the warning."""
    waiver = facts[SAID]
    if facts.now >= waiver["ends"]:
        return NotApplicable("it has expired already")
    if waiver["ends"] - facts.now > timedelta(days=facts.given(Notice).warning_days):
        return None
    return f"it expires after {waiver['expires']}: {waiver['owner']} should renew it, or put the resource right"


CONTROL = Control(
    id="waiver_runs_on",
    kind="waiver",
    title="the waiver does not expire soon",
    severity="low",
    rationale="Whoever relies on a waiver needs time to renew it or to put the resource right.",
    advice="Put the resource right and remove the waiver, or renew it with a new reason and date.",
    references=(),
    events=(),
    reads=(SAID,),
    check=check,
    parameters=Notice,
)
