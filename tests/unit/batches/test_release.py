"""What letting a quarantined batch be used again means."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.entries import BatchReleased, ObjectRead
from holdfast.batches.logic import BATCH, BatchState, Described, Verdict
from holdfast.batches.logic import decide as judge
from holdfast.batches.release import lifted, lifted_id, release
from holdfast.batches.verdict import BatchAssessment, Level, refused
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.errors import ConfigurationError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ARN = "arn:aws:iam::123456789012:user/someone"


class Stream:
    """The stream of one batch."""

    def __init__(self) -> None:
        self.state, self.entries = BatchState(), list[Entry]()

    def take(self, decision: Decision | None) -> Entry | None:
        """Record a decision as the ledger does."""
        if decision is None or decision.id in {entry.decision_id for entry in self.entries}:
            return None
        link = Link(len(self.entries), self.entries[-1].hash) if self.entries else Link()
        entry = append(decision, stream="b", after=link, author=Author("a", "m"), cause=Cause("e", "e"), now=NOON)
        self.entries.append(entry)
        self.state = BATCH.evolve(self.state, entry)
        return entry

    def judge(self, assessment: BatchAssessment, *, etag: str = "e1") -> Entry:
        """Record a verdict."""
        source = ObjectRead(bucket="b", key="in/a.parquet", version_id="null", etag=etag)
        body = Verdict.of(assessment, Described(source, 10, NOON), model="bike", baseline="a" * 64).body
        entry = self.take(judge(self.state, body, reason=assessment.reason))
        assert entry is not None
        return entry

    def release(self, verdict: Entry, *, why: str = "agreed") -> Entry | None:
        """Release the batch of a verdict."""
        return self.take(release(self.state, verdict, by=ARN, why=why))


def test_a_release_is_one_however_often_it_is_asked_for() -> None:
    stream = Stream()
    verdict = stream.judge(refused("broken"))
    assert stream.state.is_quarantined
    entry = stream.release(verdict)
    assert entry is not None
    assert not stream.state.is_quarantined
    assert stream.state.level is Level.QUARANTINED, "the verdict stands"
    assert stream.state.is_final("e1")
    assert stream.release(verdict) is None


@pytest.mark.parametrize("level", [level for level in Level if level is not Level.QUARANTINED])
def test_only_what_is_in_quarantine_is_released(level: Level) -> None:
    stream = Stream()
    verdict = stream.judge(BatchAssessment(level=level, n=1, reason="because"))
    with pytest.raises(ConfigurationError, match="only what is in quarantine"):
        stream.release(verdict)


def test_a_verdict_on_earlier_content_releases_nothing_of_the_later() -> None:
    stream = Stream()
    first = stream.judge(refused("broken"), etag="e1")
    second = stream.judge(refused("broken again"), etag="e2")
    with pytest.raises(ConfigurationError):
        stream.release(first)
    assert stream.release(second) is not None


def test_content_that_is_refused_after_a_release_is_in_quarantine_again() -> None:
    stream = Stream()
    stream.release(stream.judge(refused("broken"), etag="e1"))
    stream.judge(refused("broken again"), etag="e2")
    assert stream.state.is_quarantined


@given(st.text(max_size=600))
def test_whatever_reason_is_given_is_kept_on_one_line_or_refused(why: str) -> None:
    stream = Stream()
    verdict = stream.judge(refused("broken"))
    if not why.strip():
        with pytest.raises(ConfigurationError):
            stream.release(verdict, why=why)
        return
    entry = stream.release(verdict, why=why)
    assert entry is not None
    assert entry.reason.isprintable()
    assert len(BatchReleased.of(entry).why) <= 300


@pytest.mark.parametrize(("unmarked", "gone", "outcome"), [(3, 0, "lifted"), (1, 2, "lifted"), (0, 1, "gone")])
def test_what_became_of_the_marks_is_said(unmarked: int, gone: int, outcome: str) -> None:
    stream = Stream()
    released: Any = stream.release(stream.judge(refused("broken")))
    decision = lifted(released, unmarked=unmarked, gone=gone)
    assert (decision.id, decision.outcome) == (lifted_id(released.decision_id), outcome)
