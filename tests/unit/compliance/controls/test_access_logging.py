from typing import Any

import pytest

from holdfast.compliance.controls.access_logging import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import LOGGING
from tests.unit.compliance.look import look, remedy

TO_LOGS = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "a/"}}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (TO_LOGS, "pass"),
        ({"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}, "pass"),
        ({"LoggingEnabled": {"TargetBucket": ""}}, "fail"),
        ({"LoggingEnabled": {}}, "fail"),
        ({}, "fail"),
    ],
)
def test_logs_need_a_target(answer: Fact, verdict: str) -> None:
    assert look(CONTROL, {LOGGING: answer})[0] == verdict


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"targetBucket": "logs"}, None),
        ({"targetBucket": "logs", "targetPrefix": "a/"}, None),
        ({"targetBucket": "audit"}, "access logs go to logs, expected audit"),
        ({"targetPrefix": "b/"}, "access logs go below 'a/', expected 'b/'"),
    ],
)
def test_logs_must_go_where_they_were_asked_to(given: dict[str, str], said: str | None) -> None:
    verdict, reason = look(CONTROL, {LOGGING: TO_LOGS}, **given)
    assert (verdict, reason) == (("pass", CONTROL.title) if said is None else ("fail", said))


def test_the_remedy_sends_logs_to_the_named_bucket_and_its_undo_stops_them() -> None:
    plan = remedy(CONTROL, {LOGGING: {}}, targetBucket="logs")
    [apply], [undo] = plan.apply, plan.undo
    wanted = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "training-data/"}}
    assert (apply.operation, apply.arguments) == ("put_bucket_logging", {"BucketLoggingStatus": wanted})
    assert (undo.operation, undo.arguments) == ("put_bucket_logging", {"BucketLoggingStatus": {}})


def test_the_undo_brings_back_what_was_logged_before() -> None:
    before: dict[str, Any] = {"LoggingEnabled": {"TargetBucket": "old", "TargetPrefix": "", "TargetGrants": []}}
    [undo] = remedy(CONTROL, {LOGGING: before}, targetBucket="logs").undo
    assert undo.arguments == {"BucketLoggingStatus": before}


@pytest.mark.parametrize("given", [{}, {"targetBucket": "training-data"}])
def test_without_another_bucket_to_log_to_there_is_no_remedy(given: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="targetBucket"):
        remedy(CONTROL, {LOGGING: {}}, **given)
