"""Buckets put right: planned, approved, carried out once, and left as they were when that fails."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from holdfast.compliance import catalogue, remediator
from holdfast.compliance.remediation.state import FOLD
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry
from holdfast.ledger.logic import refold, verify
from tests.conftest import REGION, TABLE
from tests.integration.batches.conftest import announced
from tests.integration.compliance.remedies import (
    MOMENTS,
    NAME,
    OURS,
    OWNED,
    STREAM,
    House,
    Killed,
    Moment,
    faults,
    forget,
    furnish,
)

DONE = [("Planned", "ordered"), ("Begun", "begun"), ("Applied", "applied")]
DENIED, SLOW = ("AccessDenied", 403), ("SlowDown", 503)
CONTROL = OWNED.id


@pytest.fixture
def house(
    ledger: Ledger, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Furnish the house."""
    yield furnish(ledger, queued, tmp_path, monkeypatch)
    monkeypatch.undo()
    catalogue.controls_of.cache_clear()
    catalogue.events_of.cache_clear()
    forget()


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_plan_names_the_calls_what_they_change_the_state_before_and_the_way_back(house: House) -> None:
    house.govern("plan")
    house.tag(team="shop")
    plan = house.planned()
    body = plan.body
    tagged = [{"Key": "team", "Value": "shop"}, {"Key": "owner", "Value": "data-team"}]
    assert body["calls"] == [
        {
            "operation": "put_bucket_versioning",
            "permission": "s3:PutBucketVersioning",
            "arguments": {"VersioningConfiguration": {"Status": "Enabled"}},
        },
        {
            "operation": "put_bucket_tagging",
            "permission": "s3:PutBucketTagging",
            "arguments": {"Tagging": {"TagSet": tagged}},
        },
    ]
    assert [call["operation"] for call in body["undo"]] == ["put_bucket_tagging", "put_bucket_versioning"]
    assert body["changes"] == [
        {"setting": "bucket_versioning", "before": {}, "after": {"Status": "Enabled"}},
        {"setting": "bucket_tagging", "before": {"TagSet": tagged[:1]}, "after": {"TagSet": tagged}},
    ]
    assert body["before"] == {"tags": {"TagSet": tagged[:1]}, "versioning": {}}
    assert (body["does"], body["broken"]) == ("enables versions and names an owner", "no versions or no owner")
    assert datetime.fromisoformat(body["expires_at"]) - plan.recorded_at < timedelta(days=7, minutes=1)
    assert (plan.stream, plan.outcome) == (STREAM, "planned")


@pytest.mark.parametrize(
    ("mode", "outcome"), [("plan", "planned"), ("approve", "awaiting_approval"), ("auto", "ordered")]
)
def test_the_manifest_says_how_far_a_plan_goes(house: House, mode: str, outcome: str) -> None:
    house.govern({"default": mode})
    assert house.planned().outcome == outcome
    assert house.versioning() is None


def test_what_is_off_or_not_under_buckets_is_never_planned(house: House) -> None:
    house.govern({"default": "off"})
    house.s3.create_bucket(Bucket="another", CreateBucketConfiguration={"LocationConstraint": REGION})
    assert house.plan(*house.judge(), *house.judge(bucket="another")) == []
    assert house.entries() == list(house.ledger.entries("remediation#s3_bucket/another")) == []


def test_a_bucket_of_our_own_is_never_planned_nor_changed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = house.planned()
    monkeypatch.setenv("HOLDFAST_OWN_BUCKETS", f"x,{NAME}")
    forget()
    assert house.remedy(plan) == ["message-0"]
    assert house.versioning() is None
    house.tag(a="b")
    assert house.plan(*house.judge()) == []
    assert house.story() == DONE[:1]


def test_an_announcement_delivered_twice_is_one_plan(house: House) -> None:
    [judged] = house.judge()
    assert house.plan(judged, judged) == house.plan(judged) == []
    assert house.story() == [("Planned", "ordered")]


def test_a_change_of_the_state_supersedes_the_plan(house: House) -> None:
    house.govern("approve")
    first = house.planned()
    house.tag(team="shop")
    assert house.plan() == []
    second = house.entries()[-1]
    assert (second.kind, second.body["supersedes"]) == ("Remediation Planned", first.decision_id)
    assert house.state().held[CONTROL].plan == second.decision_id


def test_a_plan_is_withdrawn_when_a_person_puts_it_right_first(house: House) -> None:
    house.govern("approve")
    house.planned()
    house.s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    house.tag(owner="ada")
    assert house.plan(*house.judge()) == []
    assert house.story()[-1] == ("Refused", "obsolete")


def test_why_there_is_no_plan_is_said_once(house: House) -> None:
    house.tag(**{"keep-out": "yes"})
    [judged] = house.judge()
    assert house.plan(judged, judged) == house.plan() == []
    assert house.story() == [("Ruled Out", "ruled_out")]
    assert "left alone" in house.entries()[0].reason


def test_a_tick_plans_for_what_failed_before_it_was_switched_on_and_renews_what_expired(house: House) -> None:
    house.govern("off")
    house.judge()
    house.govern("approve")
    assert house.plan() == house.plan() == []
    assert house.story() == [("Planned", "awaiting_approval")]
    with house.later(timedelta(days=8)):
        assert house.plan() == []
    assert house.story() == [("Planned", "awaiting_approval")] * 2


def test_a_state_that_cannot_be_read_is_not_planned_on(house: House) -> None:
    [judged] = house.judge()
    with faults(refuse={"GetBucketTagging": DENIED}):
        assert house.plan(judged) == []
    assert house.entries() == []


def test_a_waived_failure_is_not_planned(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    named = replace(OWNED, id="versioning_enabled")
    monkeypatch.setattr(catalogue, "every_control", lambda: {named.id: named})
    catalogue.controls_of.cache_clear()
    catalogue.events_of.cache_clear()
    waiver = {"control": named.id, "resource": NAME, "owner": "o", "reason": "r", "expires": "2099-01-01"}
    house.govern("approve")
    house.planned()
    house.govern("approve", waivers=[waiver])
    assert house.plan() == []
    assert house.story() == [("Planned", "awaiting_approval"), ("Refused", "obsolete")]


# -- carrying out -----------------------------------------------------------------------------------------------------


def test_what_the_manifest_orders_is_carried_out_and_proved(house: House) -> None:
    house.tag(team="shop")
    plan = house.planned()
    assert house.remedy(plan) == []
    assert house.repeat() == (DONE, "Enabled", {"team": "shop", "owner": "data-team"})
    applied = house.entries()[-1]
    assert applied.body["made"] == ["put_bucket_versioning", "put_bucket_tagging"]
    assert applied.body["automatic"] is True
    assert (applied.cause, applied.correlation_id) == (plan.decision_id, plan.correlation_id)
    assert house.judge(OURS)[0].outcome == "pass"


def test_twice_equals_once(house: House) -> None:
    plan = house.planned()
    house.remedy(plan)
    before = house.repeat()
    with faults() as calls:
        assert house.remedy(plan, plan) == []
    assert house.repeat() == before
    assert not [name for name in calls if name.startswith("PutBucket")]


def test_every_call_names_the_owner_that_it_expects(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None]] = []
    original = BaseClient._make_api_call

    def noted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name == "s3":
            seen.append((operation, parameters.get("ExpectedBucketOwner")))
        return original(self, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    house.remedy(house.planned())
    assert len(seen) > 4
    assert {owner for _, owner in seen} == {"123456789012"}


def test_an_approval_orders_a_plan_and_says_who_gave_it(house: House) -> None:
    house.govern("approve")
    plan = house.planned()
    assert plan.outcome == "awaiting_approval"
    approval = house.approve(plan)
    assert house.remedy(approval) == []
    assert house.story()[1:] == [("Approved", "approved"), *DONE[1:]]
    assert house.entries()[-1].body["automatic"] is False
    assert "platform/ada" in house.entries()[1].reason


def test_a_plan_that_nobody_approved_is_not_carried_out(house: House) -> None:
    plan = house.planned()
    house.govern("approve")
    assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "not_permitted")
    assert house.versioning() is None


def test_a_plan_that_awaits_approval_cannot_be_carried_out_by_announcing_it(house: House) -> None:
    house.govern("approve")
    plan = house.planned()
    assert house.remedy(plan) == ["message-0"]
    assert house.repeat() == ([("Planned", "awaiting_approval")], None, {})


def test_a_decision_that_is_not_in_the_ledger_changes_nothing(house: House) -> None:
    plan = house.planned()
    forged = announced(plan)
    forged["detail"]["decision_id"] = "0" * 64
    assert remediator.lambda_handler(house.queued(forged), None)["batchItemFailures"]  # type: ignore[arg-type]
    assert house.versioning() is None


def test_an_expired_plan_is_refused(house: House) -> None:
    plan = house.planned()
    with house.later(timedelta(days=7, minutes=1)):
        assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "expired")
    assert house.versioning() is None


def test_a_superseded_plan_is_refused_and_the_latest_still_stands(house: House) -> None:
    first = house.planned()
    house.tag(team="shop")
    house.plan()
    assert house.remedy(first) == []
    assert house.story()[-1] == ("Refused", "superseded")
    assert house.versioning() is None
    assert house.remedy(house.entries()[1]) == []
    assert house.tags() == {"team": "shop", "owner": "data-team"}


def test_what_a_person_changed_since_the_plan_is_left_alone_and_planned_anew(house: House) -> None:
    plan = house.planned()
    house.tag(team="shop")
    assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "changed")
    assert (house.versioning(), house.tags()) == (None, {"team": "shop"})
    assert house.plan(house.entries()[-1]) == []
    assert house.remedy(house.entries()[-1]) == []
    assert (house.versioning(), house.tags()) == ("Enabled", {"team": "shop", "owner": "data-team"})


def test_two_plans_of_one_bucket_are_never_under_way_together(house: House) -> None:
    plan = house.planned()
    with pytest.raises(Killed), faults(at=_index(house, plan, "PutBucketTagging")):
        house.remedy(plan)
    assert house.state().under_way() is not None
    assert house.remedy(plan, run="another") == ["another"], "the one that began it may still be at work"
    with house.later(timedelta(minutes=21)):
        assert house.remedy(plan, run="another") == []
    assert house.story() == DONE


def _index(house: House, plan: Entry, operation: str) -> int:
    """Number the call of the remediator that makes an operation: the calls before it do not depend on chance."""
    return ["GetItem", "GetItem", "GetItem", "TransactWriteItems", "GetItem", "GetBucketTagging",
            "GetBucketVersioning", "PutBucketVersioning", "PutBucketTagging"].index(operation)  # fmt: skip


# -- what goes wrong --------------------------------------------------------------------------------------------------


def test_a_denial_midway_leaves_the_bucket_as_it_was_and_is_loud(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = house.planned()
    with faults(refuse={"PutBucketTagging": DENIED}):
        assert house.remedy(plan) == []
    assert house.story() == [*DONE[:2], ("Failed", "restored")]
    assert (house.versioning(), house.tags()) == ("Suspended", {}), "what was never set can only be suspended"
    told = house.entries()[-1]
    assert "AccessDenied" in told.reason
    assert told.body["made"] == ["put_bucket_versioning", "put_bucket_tagging", "put_bucket_versioning"]
    assert "RemediationsFailed" in capsys.readouterr().out


def test_what_cannot_be_brought_back_is_named(house: House) -> None:
    plan = house.planned()
    refuse = {"PutBucketTagging": DENIED}

    def lock() -> None:
        refuse["PutBucketVersioning"] = DENIED

    with faults(refuse=refuse, during={"PutBucketTagging": lock}):
        assert house.remedy(plan) == []
    assert house.story()[-1] == ("Failed", "not_restored")
    assert "put_bucket_versioning" in house.entries()[-1].body["left"][0]
    assert "NOT as it was" in house.entries()[-1].reason


def test_a_failed_plan_is_not_tried_again_by_itself(house: House) -> None:
    plan = house.planned()
    with faults(refuse={"PutBucketVersioning": DENIED}):
        house.remedy(plan)
    assert house.plan(*house.judge()) == house.plan() == house.remedy(plan) == []
    assert house.story() == [*DONE[:2], ("Failed", "restored")]
    with house.later(timedelta(days=8)):
        house.plan()
    assert house.story()[-1] == ("Planned", "awaiting_approval")


def test_throttling_is_retried_by_the_queue_and_finished(house: House) -> None:
    plan = house.planned()
    with faults(refuse={"PutBucketTagging": SLOW}):
        assert house.remedy(plan) == ["message-0"]
    assert house.story() == DONE[:2]
    assert house.remedy(plan, attempt=2) == []
    assert house.repeat() == (DONE, "Enabled", {"owner": "data-team"})


def test_throttling_that_does_not_end_leaves_the_bucket_as_it_was(house: House) -> None:
    plan = house.planned()
    with faults(refuse={"PutBucketTagging": SLOW}):
        assert house.remedy(plan) == ["message-0"]
        assert house.remedy(plan, attempt=5) == []
    assert house.story() == [*DONE[:2], ("Failed", "restored")]
    assert (house.versioning(), house.tags()) == ("Suspended", {})


@pytest.mark.parametrize("refused", ["GetBucketTagging", "GetBucketVersioning"])
def test_a_bucket_that_changed_hands_is_refused(house: House, refused: str) -> None:
    plan = house.planned()
    with faults(refuse={refused: DENIED}) as calls:
        assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "unreadable")
    assert not [name for name in calls if name.startswith("Put")]


def test_a_bucket_that_is_gone_is_refused(house: House) -> None:
    plan = house.planned()
    house.s3.delete_bucket(Bucket=NAME)
    assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "gone")
    assert house.plan(*house.judge(call="DeleteBucket")) == []


def test_a_bucket_deleted_between_two_calls_ends_the_plan(house: House) -> None:
    plan = house.planned()
    with faults(during={"PutBucketTagging": lambda: house.s3.delete_bucket(Bucket=NAME)}):
        assert house.remedy(plan) == []
    assert house.story()[-1] == ("Refused", "gone")


def test_a_change_made_while_it_was_interrupted_is_not_overwritten(house: House) -> None:
    plan = house.planned()
    with pytest.raises(Killed), faults(at=_index(house, plan, "PutBucketTagging")):
        house.remedy(plan)
    house.tag(team="shop")
    assert house.remedy(plan) == []
    assert house.story()[-1] == ("Failed", "not_restored")
    assert (house.versioning(), house.tags()) == ("Suspended", {"team": "shop"})
    assert "someone else" in house.entries()[-1].body["left"][0]


# -- loops ------------------------------------------------------------------------------------------------------------


def test_what_we_changed_ourselves_brings_no_new_plan(house: House) -> None:
    [judged] = house.judge(OURS)
    assert judged.body["principal"] == OURS
    assert house.plan(judged) == []
    assert house.entries() == []


def test_a_plan_that_did_not_hold_is_told_and_not_applied_again_by_itself(house: House) -> None:
    house.remedy(house.planned())
    house.judge(OURS)
    house.s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
    house.s3.delete_bucket_tagging(Bucket=NAME)
    house.remedy(house.planned())  # never set and suspended are two states
    house.judge(OURS)
    house.s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
    house.s3.delete_bucket_tagging(Bucket=NAME)
    plan = house.planned()
    assert plan.outcome == "awaiting_approval"
    assert "did not hold" in plan.reason
    assert house.remedy(plan) == ["message-0"]
    assert house.versioning() == "Suspended"


def test_no_bucket_is_changed_by_itself_more_than_three_times_a_day(house: House) -> None:
    for turn in range(4):
        house.s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
        house.tag(turn=str(turn))
        plan = house.planned()
        if turn < 3:
            assert house.remedy(plan) == []
            house.judge(OURS)
    assert [entry.outcome for entry in house.entries() if entry.kind == "Remediation Planned"] == [
        "ordered", "ordered", "ordered", "awaiting_approval",
    ]  # fmt: skip
    assert "3 times within a day" in plan.reason


# -- crashes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_planner_killed_at_any_call_plans_once(house: House, moment: Moment) -> None:
    [judged] = house.judge()
    number, struck = 0, True
    while struck:
        struck = _killed(partial(house.plan, judged), at=number, moment=moment)
        assert house.plan(judged) == []
        assert house.story() == [("Planned", "ordered")], f"call {number} {moment}"
        assert house.versioning() is None
        _wipe(house)
        [judged] = house.judge()
        number += 1
    assert number > 6


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_remediator_killed_at_any_call_carries_a_plan_out_once(house: House, moment: Moment) -> None:
    number, struck = 0, True
    while struck:
        plan = house.planned()
        struck = _killed(partial(house.remedy, plan), at=number, moment=moment)
        begun, touched = ("Begun", "begun") in house.story(), bool(house.versioning() or house.tags())
        assert begun or not touched, "no bucket is half changed without an entry that says so"
        assert house.remedy(plan, attempt=2) == []
        assert house.repeat() == (DONE, "Enabled", {"owner": "data-team"}), f"call {number} {moment}"
        assert verify(house.entries())[STREAM].sequence == len(DONE)
        assert refold(house.entries(), FOLD) == house.state()
        _wipe(house)
        number += 1
    assert number > 12


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_plan_that_fails_leaves_the_bucket_as_it_was_wherever_it_is_killed(house: House, moment: Moment) -> None:
    number, struck = 0, True
    while struck:
        plan = house.planned()
        with faults(refuse={"PutBucketTagging": DENIED}):
            struck = _killed(partial(house.remedy, plan), at=number, moment=moment)
            assert house.remedy(plan, attempt=2) == []
        assert house.story() == [*DONE[:2], ("Failed", "restored")], f"call {number} {moment}"
        assert (house.versioning() in (None, "Suspended"), house.tags()) == (True, {})
        _wipe(house)
        number += 1
    assert number > 12


def _killed(deliver: Callable[[], object], *, at: int, moment: Moment) -> bool:
    """Deliver with a fault at one call, and tell whether there was such a call."""
    with faults(at=at, moment=moment) as calls:
        try:
            deliver()
        except Killed:
            return True
    return len(calls) > at


def _wipe(house: House) -> None:
    """Empty the ledger, start the bucket anew and every function cold."""
    dynamodb = boto3.client("dynamodb", REGION)
    for item in dynamodb.scan(TableName=TABLE)["Items"]:
        dynamodb.delete_item(TableName=TABLE, Key={"pk": item["pk"], "sk": item["sk"]})
    house.s3.delete_bucket_tagging(Bucket=NAME)
    house.s3.delete_bucket(Bucket=NAME)
    house.s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
