from datetime import UTC, date, datetime

from holdfast.compliance.controls.waiver_in_force import CONTROL
from holdfast.compliance.reads.waivers import SAID
from tests.unit.compliance.look import look

WAIVER = {"owner": "platform", "expires": date(2026, 3, 2), "ends": datetime(2026, 3, 3, tzinfo=UTC)}


def test_a_waiver_is_in_force_through_its_last_day() -> None:
    assert look(CONTROL, {SAID: WAIVER}, now=datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))[0] == "pass"
    assert look(CONTROL, {SAID: WAIVER}, now=datetime(2026, 3, 3, tzinfo=UTC)) == (
        "fail", "it expired after 2026-03-02 and waives nothing any more; platform must renew or remove it",
    )  # fmt: skip
