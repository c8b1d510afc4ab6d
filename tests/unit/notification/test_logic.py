"""What people are told, and that it is the same each time."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.notification.contract import NOTABLE
from holdfast.notification.logic import audience, letter, worth_telling
from holdfast.shared.contract import Emitted

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Body(Emitted):
    """A body with what must not leave the ledger."""

    failure_reason: str = "could not convert 'Jane Roe'"
    previous: str | None = None
    waits_for: str | None = None
    season: str | None = None
    changed: tuple[str, ...] = ()
    findings: tuple[dict[str, str], ...] = ()


def judged(verdict: str, severity: str = "high", *, previous: str | None = "fail", changed: bool = True) -> Body:
    """Give the body of a resource of which one control says this."""
    finding = {"control": "public_read", "severity": severity, "verdict": verdict}
    return Body(previous=previous, changed=("public_read",) if changed else ("lifecycle",), findings=(finding,))


def entry(
    kind: str = "Batch Judged", outcome: str = "drift", *, subject: str = "demand", reason: str = "cnt moved",
    sequence: int = 1, stream: str = "batches#demand/data/a.parquet@v1", now: datetime = NOW, body: Body | None = None,
) -> Entry:  # fmt: skip
    """Record a decision."""
    decision = Decision(kind, subject, outcome, reason, body or Body(), (subject, str(sequence)))
    after = Link(sequence - 1)
    return append(
        decision, stream=stream, after=after, author=Author("judge", "m" * 64), cause=Cause("e", "c"), now=now
    )


KINDS = [(kind, outcome) for kind, outcomes in NOTABLE.items() for outcome in sorted(outcomes)]


@pytest.mark.parametrize(("kind", "outcome"), KINDS)
def test_each_notable_decision_is_told_with_its_id(kind: str, outcome: str) -> None:
    told = entry(kind, outcome, sequence=2, body=judged(outcome))
    assert worth_telling(told)
    written = letter(told, stage="prod")
    assert told.decision_id in written.text
    assert written.attributes == {
        "stage": "prod", "audience": audience(told), "kind": kind, "outcome": outcome, "subject": "demand",
        "decision_id": told.decision_id,
    }  # fmt: skip
    assert written.subject == f"[prod] {kind}: demand {outcome}"


@pytest.mark.parametrize(
    ("kind", "outcome", "whom"),
    [
        ("Batch Judged", "unknown", "operator"),
        ("Batch Judged", "quarantined", "owner"),
        ("Batch Judged", "drift", "owner"),
        ("Batch Missed", "missed", "owner"),
        ("Baseline Failed", "failed", "operator"),
        ("Report Stored", "disagrees", "operator"),
        ("Run Refused", "refused", "operator"),
        ("Run Closed", "failed", "owner"),
        ("Resource Judged", "unknown", "operator"),
        ("Resource Judged", "fail", "owner"),
    ],
)
def test_a_subscription_can_choose_what_its_reader_must_act_on(kind: str, outcome: str, whom: str) -> None:
    """SNS filters on attributes: what could not be judged pages who operates us, a bad batch who sent it."""
    written = letter(entry(kind, outcome, sequence=2, body=judged(outcome)), stage="prod")
    assert written.attributes["audience"] == whom
    assert f"For the {whom}." in written.text


def test_a_season_without_batches_is_no_news() -> None:
    assert not worth_telling(entry("Baseline Failed", "failed", sequence=2, body=Body(season="month 2026-07-01")))


def test_a_season_that_may_not_be_read_is_told_to_the_operator_and_stops_nothing() -> None:
    body = Body(season="month 2026-07-01", waits_for="permission")
    assert worth_telling(entry("Baseline Failed", "failed", sequence=2, body=body))
    told = letter(entry("Baseline Failed", "failed", sequence=2, body=body), stage="prod")
    assert told.attributes["audience"] == "operator"
    assert "the model's own baseline" in told.text
    assert "no batch is judged" not in told.text


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("Batch Judged", "none"),
        ("Batch Judged", "notice"),
        ("Batch Judged", "not_enough_data"),
        ("Batch Quarantined", "copied"),
        ("Baseline Activated", "activated"),
        ("Evidence Recorded", "drift"),
        ("Run Started", "started"),
        ("Resource Judged", "deleted"),
        ("Unheard Of", "drift"),
    ],
)
def test_the_rest_is_in_the_ledger_for_whoever_looks(kind: str, outcome: str) -> None:
    assert not worth_telling(entry(kind, outcome, sequence=2))


@pytest.mark.parametrize(("previous", "is_news"), [(None, False), ("pass", False), ("fail", True), ("unknown", True)])
def test_a_bucket_that_passes_is_news_only_after_trouble(previous: str | None, is_news: bool) -> None:
    assert (
        worth_telling(entry("Resource Judged", "pass", sequence=2, body=judged("pass", previous=previous))) is is_news
    )


@pytest.mark.parametrize(
    ("severity", "changed", "is_news"),
    [("critical", True, True), ("high", True, True), ("medium", True, False), ("high", False, False)],
)
def test_a_failure_is_told_if_a_grave_control_changed_to_it(severity: str, changed: bool, is_news: bool) -> None:
    body = judged("fail", severity, previous="pass", changed=changed)
    assert worth_telling(entry("Resource Judged", "fail", sequence=2, body=body)) is is_news


def test_a_batch_that_waits_for_its_baseline_is_no_news_and_one_that_waits_for_a_permission_is() -> None:
    assert not worth_telling(entry("Batch Judged", "unknown", body=Body(waits_for="baseline")))
    assert worth_telling(entry("Batch Judged", "unknown", body=Body(waits_for="permission")))


def test_a_message_says_what_and_why_and_ends_in_json() -> None:
    told = entry()
    text = letter(told, stage="prod").text
    assert text.startswith("Batch Judged: demand, drift.")
    assert "cnt moved" in text
    tail = json.loads(text.splitlines()[-1])
    assert tail["decision_id"] == told.decision_id
    assert (tail["kind"], tail["outcome"], tail["stage"], tail["sequence"]) == ("Batch Judged", "drift", "prod", 1)


def test_a_body_never_leaves_the_ledger() -> None:
    written = letter(entry("Run Closed", "failed"), stage="prod")
    assert "Jane Roe" not in written.text + written.subject + str(written.attributes)


def test_the_message_is_the_entrys_alone() -> None:
    assert letter(entry(), stage="prod") == letter(entry(), stage="prod")
    assert "2026-03-02 12:00:00 UTC" in letter(entry(), stage="prod").text


HOSTILE = ["a\nb", "a\r\nBcc: x", "\x00", "\u202e evil", "日本", "<script>", "=HYPERLINK()", "x" * 1000]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_on_its_line(name: str) -> None:
    told = entry(subject=name, reason=name, stream=f"batches#{name}")
    written = letter(told, stage="prod")
    assert written.subject.isascii()
    assert written.subject.isprintable()
    assert 0 < len(written.subject) < 100
    lines = written.text.split("\n")
    assert len(lines) == len(letter(entry(), stage="prod").text.split("\n"))
    assert all(line.isprintable() for line in lines)
    assert all(value.isascii() and value.isprintable() for value in written.attributes.values())


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_any_text_makes_a_letter_that_sns_takes(subject: str, reason: str) -> None:
    written = letter(entry(subject=subject, reason=reason), stage="prod")
    assert written.subject.isascii()
    assert written.subject.isprintable()
    assert 0 < len(written.subject) < 100
    assert written.subject == written.subject.strip()
    assert len(written.text.encode()) < 250_000
