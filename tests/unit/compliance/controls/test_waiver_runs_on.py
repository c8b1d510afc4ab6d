from datetime import UTC, date, datetime

import pytest

from holdfast.compliance.controls.waiver_runs_on import CONTROL
from holdfast.compliance.reads.waivers import SAID
from tests.unit.compliance.look import look

WAIVER = {"owner": "platform", "expires": date(2026, 3, 31), "ends": datetime(2026, 4, 1, tzinfo=UTC)}


@pytest.mark.parametrize(("day", "verdict"), [(17, "pass"), (19, "fail"), (31, "fail")])
def test_the_last_fortnight_is_the_warning(day: int, verdict: str) -> None:
    assert look(CONTROL, {SAID: WAIVER}, now=datetime(2026, 3, day, 12, tzinfo=UTC))[0] == verdict


def test_the_warning_comes_as_early_as_asked() -> None:
    assert look(CONTROL, {SAID: WAIVER}, now=datetime(2026, 3, 2, tzinfo=UTC), warningDays=60)[0] == "fail"
    assert look(CONTROL, {SAID: WAIVER}, now=datetime(2026, 3, 31, tzinfo=UTC), warningDays=0)[0] == "pass"
