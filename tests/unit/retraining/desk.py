"""A stream without AWS: the ledger's rules around retraining's pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from holdfast.batches.verdict import Level
from holdfast.ledger.contract import Cause, Decision, Entry, identify
from holdfast.ledger.logic import Author, Link, append, snapshot
from holdfast.retraining.contract import BaselineActivated, BaselineFailed, Part, RunSeen, Verdict
from holdfast.retraining.entries import RetrainDecided, stream_of
from holdfast.retraining.logic import FOLD, adopt, decide, miss, note, refused, started, waiting_for
from holdfast.retraining.policy import Budget, Patience, RetrainingPolicy
from holdfast.retraining.runs import close, ending
from holdfast.retraining.state import State

MODEL = "demand"
START = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = "a" * 64
SECOND = "b" * 64


def policy(
    *, patience: str = "2 of 3", settle: int = 15, cooldown: int = 7, runs: int = 4, days: int = 30, window: int = 6
) -> RetrainingPolicy:
    """Say when to train."""
    needed, _, of = patience.split()
    return RetrainingPolicy(
        pipeline="demand-training",
        patience=Patience(needed=int(needed), window=int(of)),
        settle_minutes=settle,
        cooldown_days=cooldown,
        budget=Budget(runs=runs, days=days),
        window_batches=window,
    )


def day(number: float) -> datetime:
    """Give a moment so many days after the start."""
    return START + timedelta(days=number)


def verdict(
    at: datetime,
    level: Level | str,
    *,
    key: str | None = None,
    baseline: str | None = FIRST,
    detector: str = "exact",
    version: str = "v1",
    parts: Sequence[str] = (),
) -> Verdict:
    """Judge a batch, if it has parts by their keys."""
    name = key if key is not None else f"batches/{at:%Y%m%dT%H%M%S}.parquet"
    return Verdict(
        bucket="data",
        key=name,
        version_id=version,
        object_time=at,
        level=Level(level),
        detector=detector,
        baseline=baseline,
        parts=tuple(Part(bucket="data", key=part, version_id="p") for part in parts),
        decision_id=identify("Batch Judged", name, version, at.isoformat(), detector, str(baseline), str(level)),
    )


@dataclass
class Desk:
    """One model's stream."""

    policy: RetrainingPolicy = field(default_factory=policy)
    entries: list[Entry] = field(default_factory=list)
    state: State = field(default_factory=State)

    def commit(self, step: Callable[[State], Decision | None], *, now: datetime) -> Entry | None:
        """Commit as the ledger does: once per decision id, with a bounded state."""
        decision = step(self.state)
        if decision is None or decision.id in {entry.decision_id for entry in self.entries}:
            return None
        after = Link(self.entries[-1].sequence, self.entries[-1].hash) if self.entries else Link()
        cause = Cause("event", "event")
        author = Author("test", "manifest")
        entry = append(decision, stream=stream_of(MODEL), after=after, author=author, cause=cause, now=now)
        self.state = FOLD.evolve(self.state, entry)
        self.state = State.model_validate_json(snapshot(self.state, stream=entry.stream))
        self.entries.append(entry)
        return entry

    def note(self, said: Verdict, *, now: datetime | None = None) -> Entry | None:
        """Take a verdict in, by default at the moment its object came."""
        return self.commit(partial(note, model=MODEL, verdict=said), now=now or said.object_time)

    def adopt(
        self, sha256: str = FIRST, *, sequence: int = 1, now: datetime = START, source: str = "reference"
    ) -> Entry | None:
        """Adopt a baseline."""
        activated = BaselineActivated(
            sha256=sha256, source=source, sequence=sequence, decision_id=identify("Baseline Activated", str(sequence))
        )
        return self.commit(partial(adopt, model=MODEL, activated=activated), now=now)

    def miss(self, *, answers: str, now: datetime) -> Entry | None:
        """Hear that no baseline can be built of what a run learned from."""
        failed = BaselineFailed(answers=answers, decision_id=identify("Baseline Failed", answers))
        return self.commit(partial(miss, model=MODEL, failed=failed), now=now)

    def tick(self, now: datetime) -> Entry | None:
        """Let the timer tick."""
        return self.commit(partial(decide, model=MODEL, policy=self.policy, now=now), now=now)

    def waits(self, now: datetime) -> str | None:
        """Ask what keeps a due training waiting."""
        return waiting_for(self.state, policy=self.policy, now=now)

    def started(self, *, now: datetime, arn: str = "arn:run") -> Entry | None:
        """Record the start of the run last decided on."""
        step = partial(started, model=MODEL, decision_id=self.decided[-1].decision_id, arn=arn, found=False)
        return self.commit(step, now=now)

    def refused(self, *, now: datetime) -> Entry | None:
        """Record that the run last decided on was refused."""
        last = self.decided[-1].decision_id
        return self.commit(partial(refused, model=MODEL, decision_id=last, code="AccessDenied", reason="no"), now=now)

    def closed(self, status: str, *, now: datetime, reason: str | None = None) -> Entry | None:
        """Look at the run in flight and find it in this status."""
        run = self.state.run
        assert run is not None
        seen = RunSeen(run.arn, status, reason) if run.arn else None
        end = ending(run, described=seen, told=None, now=now)
        if end is None:
            return None
        decided = RetrainDecided.of(next(entry for entry in self.entries if entry.decision_id == run.decision_id))
        return self.commit(partial(close, decided=decided, run=run, end=end, model=MODEL), now=now)

    @property
    def decided(self) -> list[Entry]:
        """Give the decisions to train."""
        return [entry for entry in self.entries if entry.kind == RetrainDecided.kind]

    @property
    def last(self) -> RetrainDecided:
        """Give the last decision to train."""
        return RetrainDecided.of(self.decided[-1])


def keys(batches: object) -> list[str]:
    """Give the keys of batches."""
    assert isinstance(batches, tuple)
    return [batch.key for batch in batches]


def drifting(*, levels: str = "dd", settings: RetrainingPolicy | None = None) -> Desk:
    """Give a desk with a baseline and one batch a day, written as letters: n none, o notice, d drift, q, u, e."""
    named = {
        "n": Level.NONE,
        "o": Level.NOTICE,
        "d": Level.DRIFT,
        "q": Level.QUARANTINED,
        "u": Level.UNKNOWN,
        "e": Level.NOT_ENOUGH_DATA,
    }
    desk = Desk(settings or policy())
    desk.adopt()
    for number, letter in enumerate(levels):
        desk.note(verdict(day(number), named[letter], key=f"{number}-{letter}"))
    return desk
