"""When a baseline is asked for, and which answer counts."""

from datetime import UTC, datetime, timedelta

from holdfast.batches.baselines import ASK_AGAIN, BASELINES, BaselineState, answer, is_open, request
from holdfast.batches.entries import BaselineActivated, BaselineFailed, ObjectRead
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REFERENCE = "s3://ml-data/reference.parquet"
SOURCES = (ObjectRead(bucket="ml-data", key="reference.parquet", version_id="v1", etag="e1"),)


class Stream:
    """A stream of one model's baselines, without a ledger."""

    def __init__(self) -> None:
        self.state = BaselineState()
        self.entries: list[Entry] = []

    def take(self, decision: Decision | None, *, now: datetime = NOON) -> Entry | None:
        """Record a decision, if there is one."""
        if decision is None:
            return None
        after = Link(len(self.entries))
        entry = append(decision, stream="b", after=after, author=Author("a", "m"), cause=Cause("e", "e"), now=now)
        self.entries.append(entry)
        self.state = BASELINES.evolve(self.state, entry)
        return entry

    def ask(self, *, reference: str = REFERENCE, now: datetime = NOON) -> Entry | None:
        """Ask for a baseline, if one is wanted."""
        return self.take(request(self.state, model="bike", reference=reference, now=now), now=now)

    def activate(self, answers: str, *, run_order: int | None = None, sha256: str = "a" * 64) -> Entry | None:
        """Answer with a baseline."""
        body = BaselineActivated(
            model="bike", sha256=sha256, uri="s3://state/x", source="run" if run_order else "reference",
            answers=answers, run_order=run_order, rows=10, size=100, sources=SOURCES, left_out=0,
        )  # fmt: skip
        return self.take(answer(self.state, body, reason="built"))

    def fail(self, answers: str, *, run_order: int | None = None) -> Entry | None:
        """Answer that none can be built."""
        source = "run" if run_order else "reference"
        body = BaselineFailed(model="bike", source=source, answers=answers, run_order=run_order)  # type: ignore[arg-type]
        return self.take(answer(self.state, body, reason="not parquet"))


def asked(stream: Stream) -> Entry:
    """Ask where an answer is wanted."""
    entry = stream.ask()
    assert entry is not None
    return entry


def test_a_baseline_is_asked_for_once() -> None:
    stream = Stream()
    assert stream.ask() is not None
    assert stream.ask() is None


def test_what_is_in_force_is_not_asked_for_again() -> None:
    stream = Stream()
    stream.activate(asked(stream).decision_id)
    assert stream.ask(now=NOON + 10 * ASK_AGAIN) is None
    assert stream.state.active is not None


def test_a_failure_is_tried_again_after_a_day_and_not_in_a_loop() -> None:
    stream = Stream()
    failed = stream.fail(asked(stream).decision_id)
    assert failed is not None
    assert stream.ask(now=NOON + timedelta(hours=23)) is None
    second = stream.ask(now=NOON + ASK_AGAIN)
    assert second is not None
    assert second.decision_id != stream.entries[0].decision_id


def test_another_reference_in_the_manifest_is_asked_for_at_once() -> None:
    stream = Stream()
    stream.activate(asked(stream).decision_id)
    other = stream.ask(reference="s3://ml-data/other.parquet")
    assert other is not None
    assert other.reason == "the manifest names another reference"
    assert stream.state.active is not None, "the old one stays in force until the new one is built"


def test_a_request_is_answered_once() -> None:
    stream = Stream()
    question = asked(stream)
    assert is_open(stream.state, question)
    assert stream.activate(question.decision_id) is not None
    assert not is_open(stream.state, question)
    assert stream.activate(question.decision_id, sha256="b" * 64) is None
    assert stream.fail(question.decision_id) is None


def test_an_older_run_never_replaces_the_baseline_of_a_later_one() -> None:
    stream = Stream()
    assert stream.activate("b" * 64, run_order=7, sha256="7" * 64) is not None
    assert stream.activate("c" * 64, run_order=4, sha256="4" * 64) is None
    assert stream.activate("d" * 64, run_order=9, sha256="9" * 64) is not None
    assert stream.state.active is not None
    assert stream.state.active.sha256 == "9" * 64


def test_a_run_whose_data_cannot_be_read_leaves_the_old_baseline_in_force() -> None:
    stream = Stream()
    stream.activate(asked(stream).decision_id)
    assert stream.fail("b" * 64, run_order=3) is not None
    assert stream.fail("b" * 64, run_order=3) is None
    assert stream.state.active is not None
    assert stream.state.run_order == 3


def test_a_run_answers_an_open_request_too() -> None:
    stream = Stream()
    question = asked(stream)
    stream.activate("b" * 64, run_order=3)
    assert stream.activate(question.decision_id) is None
