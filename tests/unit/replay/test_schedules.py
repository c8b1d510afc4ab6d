from datetime import UTC, datetime, timedelta

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.schedules import ticks

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_rate_counts_from_the_making_of_its_rule() -> None:
    following = ticks("rate(5 minutes)", since=MONDAY + timedelta(minutes=3))
    assert following(MONDAY + timedelta(minutes=3)) == MONDAY + timedelta(minutes=8)
    assert following(MONDAY + timedelta(minutes=9)) == MONDAY + timedelta(minutes=13)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("cron(0 6 * * ? *)", MONDAY, MONDAY.replace(hour=6)),
        ("cron(0 6 * * ? *)", MONDAY.replace(hour=6), MONDAY.replace(day=3, hour=6)),
        ("cron(0/15 * * * ? *)", MONDAY.replace(minute=16), MONDAY.replace(minute=30)),
        ("cron(30 8 ? * MON-FRI *)", MONDAY.replace(day=6, hour=9), MONDAY.replace(day=9, hour=8, minute=30)),
        ("cron(0 0 1 JAN,JUL ? 2027)", MONDAY, datetime(2027, 1, 1, tzinfo=UTC)),
        ("cron(0 12 ? * 1 *)", MONDAY, datetime(2026, 3, 8, 12, tzinfo=UTC)),
    ],
)
def test_a_cron_expression_ticks_when_all_its_fields_agree(
    expression: str, after: datetime, expected: datetime
) -> None:
    assert ticks(expression, since=MONDAY)(after) == expected


@pytest.mark.parametrize(
    "expression",
    ["rate(0 minutes)", "rate(5)", "cron(0 6 * * * *)", "cron(0 25 * * ? *)", "cron(0 6 L * ? *)", "every day"],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(ConfigurationError, match="schedule"):
        ticks(expression, since=MONDAY)
