"""What is planned for a failing control, and what is not: by state, mode and time alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.facts import Fact, Read
from holdfast.compliance.policy import Mode
from holdfast.compliance.reads.s3 import TAGS, VERSIONING
from holdfast.compliance.remediation.entries import RemediationApplied, RemediationPlanned, stream_of
from holdfast.compliance.remediation.look import Look, digest_of
from holdfast.compliance.remediation.planning import LIFE, plan
from holdfast.compliance.remediation.state import FOLD, Held, RemediationState
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.compliance.resource import Resource
from holdfast.ledger.contract import Cause, Decision
from holdfast.ledger.logic import Author, Link, append
from tests.integration.compliance.remedies import OWNED

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BUCKET = Resource("s3_bucket", "training-data", "123456789012", "eu-west-1")
STREAM = stream_of(BUCKET.subject)
ENABLE = Step("put_bucket_versioning", "s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Enabled"}})
SUSPEND = Step("put_bucket_versioning", "s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": "Suspended"}})
REMEDY = Remedy("enables versions", (ENABLE,), (SUSPEND,))
CONTROL = replace(OWNED, remediation=Remediation(("s3:PutBucketVersioning",), (VERSIONING,), lambda _: REMEDY))


def seen(answer: Remedy | str = REMEDY, *, verdict: str = "fail", **tags: str) -> Look:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    facts: dict[Read, Fact] = {TAGS: {"TagSet": listed} if tags else {}, VERSIONING: {}}
    return Look(CONTROL, BUCKET, verdict, "no versions", facts, answer)


class Story:
    """A stream, decided on step by step."""

    def __init__(self) -> None:
        self.state, self.decisions = RemediationState(), list[str]()
        self._link, self._ids = Link(), list[str]()

    def take(self, decision: Decision | None, *, now: datetime = NOON) -> str | None:
        """Record a decision, and give its outcome."""
        if decision is None:
            return None
        author, cause = Author("test", "manifest"), Cause("c", "c")
        entry = append(decision, stream=STREAM, after=self._link, author=author, cause=cause, now=now)
        assert entry.decision_id not in self._ids, "this decision is on record: the ledger would not take it again"
        self._ids.append(entry.decision_id)
        self._link, self.state = Link(entry.sequence, entry.hash), FOLD.evolve(self.state, entry)
        return entry.outcome

    def plan(self, look: Look, mode: Mode = "auto", *, now: datetime = NOON, is_own: bool = False) -> str | None:
        """Plan, and record it."""
        return self.take(plan(self.state, look, mode=mode, judged=None, now=now, is_own=is_own), now=now)

    def apply(self, after: str = "0" * 64, *, now: datetime = NOON, held: Held | None = None) -> None:
        """Carry a plan out: the latest, if none is given."""
        held = held or self.state.held[CONTROL.id]
        body = RemediationApplied(
            control=CONTROL.id, plan=held.plan, by="remediator", automatic=held.automatic, before=held.digest,
            after=after, made=("put_bucket_versioning",),
        )  # fmt: skip
        facts = (held.plan, str(held.sequence))
        self.take(Decision(body.kind, BUCKET.subject, "applied", "done", body, facts), now=now)


def test_the_same_state_is_planned_once_and_a_new_state_anew() -> None:
    story = Story()
    looks = [seen(), seen(), seen(a="1"), seen(a="1")]
    assert [story.plan(look) for look in looks] == ["ordered", None, "ordered", None]


def test_a_bucket_that_comes_back_to_an_earlier_state_is_planned_again() -> None:
    story = Story()
    assert [story.plan(look) for look in (seen(), seen(a="1"), seen())] == ["ordered"] * 3


def test_a_change_of_mode_makes_a_new_plan() -> None:
    story = Story()
    outcomes = [story.plan(seen(), mode) for mode in ("plan", "approve", "approve", "auto", "plan")]
    assert outcomes == ["planned", "awaiting_approval", None, "ordered", "planned"]


def test_switching_off_withdraws_what_is_open_once() -> None:
    story = Story()
    assert [story.plan(seen(), mode) for mode in ("off", "approve", "off", "off")] == [
        None, "awaiting_approval", "obsolete", None,
    ]  # fmt: skip


@pytest.mark.parametrize("verdict", ["pass", "waived", "not_applicable"])
def test_what_does_not_fail_any_more_withdraws_the_plan(verdict: str) -> None:
    story = Story()
    assert [story.plan(look) for look in (seen(verdict=verdict), seen(), seen(verdict=verdict))] == [
        None, "ordered", "obsolete",
    ]  # fmt: skip


def test_what_is_not_known_changes_no_plan() -> None:
    story = Story()
    assert [story.plan(look) for look in (seen(), seen(verdict="unknown"))] == ["ordered", None]


def test_a_plan_expires_after_seven_days_and_is_renewed_then() -> None:
    story = Story()
    moments = (timedelta(), LIFE - timedelta(seconds=1), LIFE)
    assert [story.plan(seen(), "approve", now=NOON + later) for later in moments] == [
        "awaiting_approval", None, "awaiting_approval",
    ]  # fmt: skip
    assert timedelta(days=7) == LIFE


def test_why_there_is_no_plan_is_recorded_once_for_a_state() -> None:
    story = Story()
    looks = [seen("ask a person"), seen("ask a person"), seen("ask a person", a="1"), seen(a="1")]
    assert [story.plan(look) for look in looks] == ["ruled_out", None, "ruled_out", "ordered"]


def test_our_own_change_brings_no_new_plan_but_renews_an_open_one() -> None:
    story = Story()
    assert story.plan(seen(), is_own=True) is None
    assert story.plan(seen()) == "ordered"
    assert story.plan(seen(a="1"), is_own=True) == "ordered"


def test_what_did_not_hold_waits_for_a_person() -> None:
    story = Story()
    story.plan(seen())
    story.apply()
    assert story.plan(seen()) == "awaiting_approval"
    assert story.plan(seen()) is None


def test_the_state_that_we_left_ourselves_waits_for_a_person() -> None:
    story, left = Story(), seen(a="1")
    story.plan(seen())
    story.apply(after=left.digest)
    assert story.plan(left) == "awaiting_approval"


def test_after_three_changes_in_a_day_a_person_must_allow_the_next() -> None:
    story, outcomes = Story(), []
    for turn in range(4):
        outcomes.append(story.plan(seen(turn=str(turn)), now=NOON + timedelta(hours=turn)))
        if turn < 3:
            story.apply(now=NOON + timedelta(hours=turn))
    assert outcomes == ["ordered", "ordered", "ordered", "awaiting_approval"]
    assert story.plan(seen(turn="next day"), now=NOON + timedelta(days=2)) == "ordered"


def test_approved_changes_count_for_nothing_in_that() -> None:
    story = Story()
    for turn in range(5):
        assert story.plan(seen(turn=str(turn)), "approve") == "awaiting_approval"
        story.apply()
    assert story.plan(seen(turn="last")) == "ordered"


@pytest.mark.parametrize(
    ("remedy", "said"),
    [
        (Remedy("x", (Step("put_bucket_policy", "s3:PutBucketPolicy"),), ()), "does not declare"),
        (Remedy("x", (Step("put_bucket_policy", "s3:PutBucketVersioning"),), ()), "nobody reads back"),
        (Remedy("x", (Step("delete_bucket", "s3:PutBucketVersioning"),), ()), "no call that a remediation may make"),
        (Remedy("x" * 250_000, (ENABLE,), (SUSPEND,)), "more than an entry can hold"),
    ],
)
def test_a_remedy_that_could_not_be_granted_proved_or_taken_back_is_ruled_out(remedy: Remedy, said: str) -> None:
    decision = plan(RemediationState(), seen(remedy), mode="auto", judged=None, now=NOON)
    assert decision is not None
    assert decision.outcome == "ruled_out"
    assert said in decision.reason


def test_a_plan_is_bound_to_all_that_the_control_judged_by() -> None:
    decision = plan(RemediationState(), seen(a="1"), mode="auto", judged=None, now=NOON)
    assert decision is not None
    assert isinstance(decision.body, RemediationPlanned)
    state: dict[str, Any] = {"tags": {"TagSet": [{"Key": "a", "Value": "1"}]}, "versioning": {}}
    assert decision.body.before == state
    assert decision.body.digest == digest_of(state)


STEPS = st.tuples(
    st.sampled_from(["plan", "apply", "own"]),
    st.sampled_from(["plan", "approve", "auto", "auto", "auto", "off"]),
    st.integers(0, 3),
    st.sampled_from(["fail", "fail", "fail", "pass", "unknown", "waived"]),
    st.integers(0, 30),
)


@given(st.lists(STEPS, max_size=40))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_no_decision_is_doubled_and_no_control_is_changed_by_itself_too_often(
    steps: list[tuple[str, Mode, int, str, int]],
) -> None:
    story, now, changed = Story(), NOON, list[datetime]()
    for what, mode, state, verdict, hours in steps:
        now += timedelta(hours=hours)
        look, held = seen(verdict=verdict, state=str(state)), story.state.held.get(CONTROL.id)
        if what != "apply":
            assert (
                story.plan(look, mode, now=now, is_own=what == "own") is None or mode == "off" or verdict != "unknown"
            )
            assert story.plan(look, mode, now=now) is None or what == "own", "twice equals once"
        elif held is not None and held.status == "ordered" and held.expires_at is not None and now < held.expires_at:
            story.apply(now=now)
            changed.append(now)
    assert all(sum(timedelta() <= one - other < timedelta(days=1) for other in changed) <= 3 for one in changed)
