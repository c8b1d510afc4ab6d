"""When training is due, what keeps it waiting, and that it is never started twice."""

from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.ledger.contract import identify
from holdfast.ledger.logic import refold
from holdfast.retraining.contract import BaselineActivated, BatchReleased
from holdfast.retraining.entries import BaselineAdopted, EvidenceRecorded, RetrainDecided, RunClosed
from holdfast.retraining.logic import FOLD, adopt, decide, evolve, free, started
from holdfast.retraining.runs import close, ending
from holdfast.retraining.state import MOST_EVIDENCE, State
from tests.unit.retraining.desk import FIRST, MODEL, SECOND, Desk, day, drifting, keys, policy, verdict

SETTLED = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("levels", "due"),
    [
        ("d", False),
        ("dd", True),
        ("dnd", True),
        ("dnnd", False),
        ("ddn", True),
        ("ddnn", False),
        ("oooo", False),
        ("dqd", True),
        ("dqqqd", True),
        ("dueued", True),
        ("qqqq", False),
        ("uuuu", False),
        ("eeee", False),
        ("nnnn", False),
    ],
)
def test_only_drift_in_enough_of_the_last_measured_batches_makes_training_due(levels: str, due: bool) -> None:
    assert (drifting(levels=levels).tick(day(20)) is not None) is due


def test_a_decision_says_which_batches_drifted_and_what_to_train_on() -> None:
    desk = drifting(levels="nndqnd")
    entry = desk.tick(day(6))
    assert entry is not None
    assert (entry.kind, entry.subject, entry.outcome) == ("Retrain Decided", MODEL, "start")
    assert keys(desk.last.drifted) == ["2-d", "5-d"]
    assert desk.last.change_point.key == "2-d"
    assert keys(desk.last.inputs) == ["2-d", "4-n", "5-d"]
    assert (desk.last.attempt, desk.last.baseline, desk.last.patience) == (1, FIRST, "2 of 3")
    assert "2 of 3" in entry.reason
    assert "2-d" in entry.reason
    assert "5-d" in entry.reason


def test_inputs_are_the_last_batches_since_the_change_and_none_from_before_it() -> None:
    desk = drifting(levels="nnnndddddddd", settings=policy(window=3))
    desk.tick(day(20))
    assert desk.last.change_point.key == "4-d"
    assert keys(desk.last.inputs) == ["9-d", "10-d", "11-d"]
    fewer = drifting(levels="nnnndd")
    fewer.tick(day(20))
    assert keys(fewer.last.inputs) == ["4-d", "5-d"]


def test_an_earlier_drift_that_passed_is_not_where_the_present_one_began() -> None:
    desk = drifting(levels="dnnndd")
    desk.tick(day(20))
    assert desk.last.change_point.key == "4-d"


def test_refused_and_unread_batches_are_never_trained_on_and_small_ones_are() -> None:
    desk = drifting(levels="dqued")
    desk.tick(day(20))
    assert keys(desk.last.inputs) == ["0-d", "3-e", "4-d"]


def test_evidence_counts_only_once_it_has_settled() -> None:
    desk = drifting(levels="dd")
    assert desk.tick(day(1) + SETTLED - timedelta(seconds=1)) is None
    assert desk.tick(day(1) + SETTLED) is not None


def test_several_verdicts_of_one_batch_are_one_batch_at_its_worst() -> None:
    desk = Desk(policy(patience="1 of 1"))
    desk.adopt()
    for detector, level in (("exact", "none"), ("alibi_tabular", "drift"), ("alibi_classifier", "unknown")):
        desk.note(verdict(day(0), level, key="a", detector=detector))
    assert desk.tick(day(1)) is not None
    twice = Desk()
    twice.adopt()
    for detector in ("exact", "alibi_tabular"):
        twice.note(verdict(day(0), "drift", key="a", detector=detector))
    assert twice.tick(day(1)) is None


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_lists_of_the_very_same_parts_are_the_evidence_of_one(order: tuple[int, int]) -> None:
    desk = Desk()
    desk.adopt()
    said = [
        verdict(day(0), "drift", key="a.manifest", parts=("x", "y")),
        verdict(day(1), "drift", key="b.manifest", parts=("y", "x")),
    ]
    for at in order:
        desk.note(said[at])
    assert desk.tick(day(5)) is None, "the same rows speak once"
    assert "made of the same parts as" in desk.entries[-1].reason
    desk.note(verdict(day(2), "drift", key="c.manifest", parts=("x", "z")))
    assert desk.tick(day(5)) is not None
    assert keys(desk.last.inputs) == ["a.manifest", "c.manifest"]


def test_what_another_detector_says_of_a_batch_in_parts_does_not_make_its_rows_count_twice() -> None:
    desk = Desk()
    desk.adopt()
    desk.note(verdict(day(0), "drift", key="a.manifest", detector="alibi_tabular"))
    for at, key in ((0, "a.manifest"), (1, "b.manifest")):
        desk.note(verdict(day(at), "drift", key=key, parts=("x",)))
    assert desk.tick(day(5)) is None


def test_a_batch_one_detector_refused_is_no_input_whatever_another_says() -> None:
    desk = drifting(levels="dd")
    desk.note(verdict(day(0.5), "drift", key="c"))
    desk.note(verdict(day(0.5), "quarantined", key="c", baseline=None, detector="other"))
    desk.tick(day(5))
    assert keys(desk.last.drifted) == ["0-d", "1-d"]
    assert keys(desk.last.inputs) == ["0-d", "1-d"]


def test_evidence_against_another_baseline_is_spent() -> None:
    desk = drifting(levels="dd")
    desk.adopt(SECOND, sequence=2, now=day(2))
    assert desk.tick(day(3)) is None
    assert desk.state.evidence == ()
    desk.note(verdict(day(4), "drift", baseline=FIRST))
    desk.note(verdict(day(4.1), "drift", baseline=SECOND))
    assert desk.tick(day(5)) is None
    desk.note(verdict(day(4.2), "drift", baseline=SECOND))
    assert desk.tick(day(5)) is not None


def test_evidence_may_come_before_word_of_its_baseline() -> None:
    desk = Desk()
    for number in range(2):
        desk.note(verdict(day(number), "drift"))
    assert desk.tick(day(3)) is None
    desk.adopt(now=day(3))
    assert desk.tick(day(3)) is not None


def test_an_older_baseline_announced_late_changes_nothing() -> None:
    desk = Desk()
    desk.adopt(SECOND, sequence=5)
    assert desk.adopt(FIRST, sequence=2) is None
    assert desk.state.baseline == SECOND


def test_one_run_is_in_flight_at_a_time() -> None:
    desk = drifting(levels="dd", settings=policy(cooldown=0, runs=100))
    desk.tick(day(2))
    assert desk.tick(day(3)) is None
    assert "in flight" in str(desk.waits(day(3)))
    desk.started(now=day(3))
    assert desk.tick(day(4)) is None


def test_a_failed_run_is_tried_again_after_the_cooldown_that_counts_from_its_start() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    desk.started(now=day(2))
    desk.closed("Failed", now=day(3), reason="AlgorithmError: secret-value is no number")
    assert desk.tick(day(8.9)) is None
    assert "cooldown" in str(desk.waits(day(8.9)))
    assert desk.tick(day(9)) is not None
    assert desk.last.attempt == 2
    assert len({entry.decision_id for entry in desk.decided}) == 2


def test_a_refused_run_costs_neither_budget_nor_cooldown_but_each_refusal_doubles_the_pause() -> None:
    desk = drifting(levels="dd", settings=policy(runs=1))
    now, pauses = day(2), []
    for _ in range(8):
        assert desk.tick(now) is not None
        desk.refused(now=now)
        assert "refused" in str(desk.waits(now))
        since = now
        while desk.waits(now) is not None:
            now += timedelta(minutes=30)
        pauses.append((now - since).total_seconds() / 3600)
    assert pauses == [1, 2, 4, 8, 16, 24, 24, 24]
    assert desk.state.starts == ()
    assert desk.last.attempt == 8


def test_the_budget_counts_the_starts_of_the_trailing_days() -> None:
    desk = drifting(levels="dd", settings=policy(cooldown=1, runs=2, days=10))
    starts = []
    for hour in range(24 * 30):
        now = day(2) + timedelta(hours=hour)
        if desk.tick(now) is not None:
            starts.append(hour / 24)
            desk.started(now=now)
            desk.closed("Failed", now=now)
        elif hour == 48:
            assert "budget" in str(desk.waits(now))
    assert starts == [0, 1, 10, 11, 20, 21]


def test_a_run_whose_baseline_cannot_be_built_does_not_block_the_next() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    desk.started(now=day(2))
    end = desk.closed("Succeeded", now=day(3))
    assert end is not None
    assert desk.miss(answers="0" * 64, now=day(4)) is None
    assert desk.miss(answers=end.decision_id, now=day(4)) is not None
    assert desk.miss(answers=end.decision_id, now=day(5)) is None
    assert "cooldown" in str(desk.waits(day(8.9)))
    assert desk.tick(day(9)) is not None
    assert desk.last.attempt == 2


def test_after_a_success_nothing_starts_until_its_baseline_is_in_force() -> None:
    desk = drifting(levels="dd", settings=policy(cooldown=0))
    desk.tick(day(2))
    desk.started(now=day(2))
    desk.closed("Succeeded", now=day(3))
    assert desk.tick(day(60)) is None
    assert "not in force yet" in str(desk.waits(day(60)))
    desk.adopt(SECOND, sequence=2, now=day(61), source="run")
    assert desk.state.awaits_baseline_of is None
    for number in (62, 63):
        desk.note(verdict(day(number), "drift", baseline=SECOND))
    assert desk.tick(day(64)) is not None
    assert desk.last.attempt == 1


def test_lasting_drift_costs_one_retrain() -> None:
    desk = drifting(levels="nnn")
    for number in range(3, 200):
        baseline = desk.state.baseline
        desk.note(verdict(day(number), "drift" if baseline == FIRST else "none", baseline=baseline))
        if desk.tick(day(number + 0.5)) is not None:
            desk.started(now=day(number + 0.5))
            desk.closed("Succeeded", now=day(number + 0.6))
            desk.adopt(SECOND, sequence=2, now=day(number + 0.7), source="run")
    assert len(desk.decided) == 1


def test_a_batch_that_came_after_later_ones_were_decided_on_is_late_and_changes_nothing() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    before = desk.state
    entry = desk.note(verdict(day(0.5), "drift", key="forgotten"), now=day(3))
    assert entry is not None
    assert EvidenceRecorded.of(entry).late
    assert desk.state == before
    punctual = desk.note(verdict(day(1.5), "drift"), now=day(3))
    assert punctual is not None
    assert not EvidenceRecorded.of(punctual).late


def test_a_bucket_without_versions_counts_each_content_and_trains_on_the_key_once() -> None:
    desk = Desk()
    desk.adopt()
    for number in range(3):
        desk.note(verdict(day(number), "drift", key="latest.parquet", version="null"))
    desk.tick(day(4))
    assert len(desk.last.drifted) == 3
    assert keys(desk.last.inputs) == ["latest.parquet"]


def test_a_key_that_may_hold_a_refused_content_by_now_is_no_input() -> None:
    desk = drifting(levels="dd")
    desk.note(verdict(day(2), "drift", key="latest.parquet", version="null"))
    desk.note(verdict(day(3), "quarantined", key="latest.parquet", version="null"))
    desk.tick(day(4))
    assert keys(desk.last.drifted) == ["0-d", "1-d", "latest.parquet"]
    assert keys(desk.last.inputs) == ["0-d", "1-d"]


def test_a_verdict_delivered_twice_is_recorded_once() -> None:
    desk = Desk()
    assert desk.note(verdict(day(0), "drift")) is not None
    assert desk.note(verdict(day(0), "drift"), now=day(1)) is None


def test_a_refusal_never_undoes_a_start_and_a_start_always_counts() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    desk.started(now=day(2))
    assert desk.refused(now=day(2)) is None
    assert desk.started(now=day(2)) is None
    other = drifting(levels="dd")
    other.tick(day(2))
    other.refused(now=day(2))
    other.started(now=day(2))
    assert other.state.run is not None
    assert other.state.starts == (day(2),)


def test_a_start_recorded_late_does_not_hide_the_run_that_is_in_flight_by_then() -> None:
    desk = drifting(levels="dd")
    first = desk.tick(day(2))
    desk.refused(now=day(2))
    second = desk.tick(day(3))
    assert first is not None
    assert second is not None
    late = partial(started, model=MODEL, decision_id=first.decision_id, arn="arn:first", found=True)
    assert desk.commit(late, now=day(3)) is not None
    assert desk.state.run is not None
    assert desk.state.run.decision_id == second.decision_id


def test_a_run_that_moved_on_since_it_was_looked_at_is_not_closed() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    looked_at = desk.state.run
    assert looked_at is not None
    end = ending(looked_at, described=None, told=None, now=day(9))
    assert end is not None
    desk.started(now=day(9))
    assert close(desk.state, decided=desk.last, run=looked_at, end=end, model=MODEL) is None


def test_a_run_nobody_started_in_time_is_closed_and_blocks_no_more() -> None:
    desk = drifting(levels="dd", settings=policy(cooldown=2))
    desk.tick(day(2))
    assert desk.closed("-", now=day(3)) is None
    entry = desk.closed("-", now=day(3.1))
    assert entry is not None
    assert (entry.outcome, RunClosed.of(entry).known_by) == ("failed", "deadline")
    assert desk.tick(day(4)) is not None


def test_an_end_is_recorded_once_with_its_inputs_and_without_the_words_of_the_failure() -> None:
    desk = drifting(levels="dd")
    desk.tick(day(2))
    desk.started(now=day(2))
    run = desk.state.run
    entry = desk.closed("Failed", now=day(3), reason="AlgorithmError: secret-value is no number")
    assert entry is not None
    body = RunClosed.of(entry)
    assert body.failure_reason == "AlgorithmError: secret-value is no number"
    assert body.inputs == desk.last.inputs
    assert "secret-value" not in entry.reason
    assert "AlgorithmError" in entry.reason
    assert run is not None
    assert desk.state.run is None


def test_the_state_is_the_fold_of_the_entries() -> None:
    desk = drifting(levels="ndqdud")
    desk.tick(day(7))
    desk.started(now=day(7))
    desk.closed("Succeeded", now=day(8))
    desk.adopt(SECOND, sequence=9, now=day(9), source="run")
    assert refold(desk.entries, FOLD) == desk.state
    assert {entry.kind for entry in desk.entries} >= {BaselineAdopted.kind, RunClosed.kind}


def test_an_entry_of_a_kind_not_known_changes_nothing() -> None:
    desk = drifting(levels="dd")
    foreign = desk.entries[-1].model_copy(update={"kind": "Promotion Decided"})
    assert evolve(desk.state, foreign) == desk.state


@pytest.mark.parametrize(
    "key", ["b/{:04d}.parquet", "k" * 1020 + "{:04d}", "\x01" * 1020 + "{:04d}", "é" * 510 + "{:04d}"]
)
def test_the_state_stays_small_whatever_comes(key: str) -> None:
    desk = Desk(policy(patience="1 of 1", window=100, runs=100, days=366, cooldown=0))
    desk.adopt()
    for number in range(400):
        desk.note(verdict(day(number / 24), "none", key=key.format(number)))
    assert len(desk.state.evidence) <= MOST_EVIDENCE
    assert desk.state.evidence[-1].key == key.format(399)
    if len(key) < 100:
        assert len(desk.state.evidence) == MOST_EVIDENCE
    for number in range(150):
        now = day(100 + number)
        desk.note(verdict(now, "drift", key=key.format(number)))
        if desk.tick(now + SETTLED) is not None:
            desk.started(now=now + SETTLED)
            desk.closed("Failed", now=now + SETTLED)
    assert len(desk.decided) == 100


def test_what_does_not_count_is_forgotten_before_what_does() -> None:
    desk = drifting(levels="d")
    for number in range(300):
        desk.note(verdict(day(1 + number / 100), "quarantined", key=f"broken-{number}"))
    desk.note(verdict(day(6), "drift", key="second"))
    assert desk.tick(day(7)) is not None
    assert keys(desk.last.drifted) == ["0-d", "second"]


def test_deciding_asks_nothing_but_its_arguments() -> None:
    desk = drifting(levels="dd")
    ask = partial(decide, desk.state, model=MODEL, policy=desk.policy, now=day(3))
    assert ask() == ask()
    assert decide(State(), model=MODEL, policy=desk.policy, now=day(3)) is None


LEVELS = st.sampled_from(["none", "notice", "drift", "drift", "drift", "quarantined", "unknown", "not_enough_data"])
BATCHES = st.lists(
    st.tuples(
        st.integers(0, 100),  # when it came, in steps of five minutes
        LEVELS,
        st.none() | LEVELS,  # what a second detector says
        st.lists(st.integers(0, 14), min_size=2, max_size=6),  # minutes until each delivery
    ),
    min_size=1,
    max_size=40,
)
Batch = tuple[int, str, str | None, list[int]]


def play(batches: list[Batch], *, ends: list[bool], punctual: bool) -> Desk:
    """Deliver the verdicts at once, or shuffled and repeated within the settle window; the timer ticks often."""
    desk = Desk(policy(cooldown=0, runs=3, days=1))
    desk.adopt()
    adopted, closings = 1, list(ends)
    born: dict[int, list[tuple[int, Batch]]] = {}
    for number, batch in enumerate(batches):
        born.setdefault(batch[0] * 5, []).append((number, batch))
    deliveries: dict[int, list[tuple[int, int, str]]] = {}
    baselines: dict[int, str | None] = {}
    for minute in range(9 * 60):
        now = day(0) + timedelta(minutes=minute)
        for number, (_, first, second, delays) in born.get(minute, []):
            baselines[number] = desk.state.baseline
            said = [(0, first), *([(1, second)] if second else [])]
            for turn, delay in enumerate([0] if punctual else delays):
                for which, level in said:
                    later = minute + (delay if punctual else delays[(turn + which) % len(delays)])
                    deliveries.setdefault(later, []).append((number, which, level))
        for number, which, level in deliveries.get(minute, [])[:: 1 if punctual else -1]:
            at = day(0) + timedelta(minutes=batches[number][0] * 5)
            detector = ("exact", "alibi")[which]
            desk.note(verdict(at, level, key=f"k{number}", baseline=baselines[number], detector=detector), now=now)
        if minute % 7 == 0 and desk.tick(now) is not None:
            desk.started(now=now)
            succeeded = closings.pop(0) if closings else False
            desk.closed("Succeeded" if succeeded else "Failed", now=now)
            if succeeded:
                adopted += 1
                desk.adopt(f"{adopted:064x}", sequence=adopted, now=now, source="run")
    return desk


@settings(max_examples=100, deadline=None)
@given(BATCHES, st.lists(st.booleans(), max_size=4))
def test_order_and_repetition_within_the_settle_window_change_nothing(batches: list[Batch], ends: list[bool]) -> None:
    orderly, shuffled = play(batches, ends=ends, punctual=True), play(batches, ends=ends, punctual=False)
    assert [(e.decision_id, e.body, e.recorded_at) for e in orderly.decided] == [
        (e.decision_id, e.body, e.recorded_at) for e in shuffled.decided
    ]
    assert orderly.state == shuffled.state
    assert not any(EvidenceRecorded.of(e).late for e in shuffled.entries if e.kind == EvidenceRecorded.kind)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["tick", "batch", "start", "fail", "tick", "batch", "start", "fail", "refuse", "succeed", "adopt"]
        ),
        st.integers(1, 60),
        LEVELS,
    ),
    min_size=60,
    max_size=150,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 5), st.integers(1, 3), st.integers(1, 20))
def test_whatever_happens_starts_obey_flight_cooldown_and_budget(
    steps: list[tuple[str, int, str]], cooldown: int, runs: int, days: int
) -> None:
    desk = Desk(policy(patience="1 of 2", settle=0, cooldown=cooldown, runs=runs, days=days))
    desk.adopt()
    now, adopted, real = day(0), 1, []
    for what, hours, level in steps:
        now += timedelta(hours=hours)
        in_flight = desk.state.run
        if what == "tick" and desk.tick(now) is not None:
            assert in_flight is None
            real.append(now)
        elif what == "batch":
            desk.note(verdict(now, level, baseline=desk.state.baseline))
        elif what == "start" and desk.decided:
            if in_flight is not None:
                desk.started(now=now)
        elif what == "refuse" and desk.decided and desk.refused(now=now) is not None:
            real.pop()
        elif what in ("succeed", "fail") and in_flight is not None and in_flight.arn is not None:
            desk.closed({"succeed": "Succeeded", "fail": "Stopped"}[what], now=now)
        elif what == "adopt":
            adopted += 1
            desk.adopt(f"{adopted:064x}", sequence=adopted, now=now)
    assert list(desk.state.starts) == real
    for earlier, later in pairwise(real):
        assert later - earlier >= timedelta(days=cooldown)
    for start in real:
        assert sum(start - timedelta(days=days) < one <= start for one in real) <= runs
    noted = [EvidenceRecorded.of(entry) for entry in desk.entries if entry.kind == EvidenceRecorded.kind]
    unfit = {body.batch for body in noted if body.level in ("quarantined", "unknown")}
    assert all(unfit.isdisjoint(RetrainDecided.of(entry).inputs) for entry in desk.decided)


def release(desk: Desk, number: int, *, at: float | None = None, baseline: str | None = FIRST) -> None:
    """Hear that the batch of a day was released."""
    key, moment = f"{number}-q", day(number)
    released = BatchReleased(
        bucket="data", key=key, version_id="v1", object_time=moment, baseline=baseline,
        verdict=identify("verdict", key), decision_id=identify("release", key),
    )  # fmt: skip
    desk.commit(partial(free, model=MODEL, released=released), now=moment if at is None else day(at))


def test_a_released_batch_is_learned_from_and_never_speaks_for_drift() -> None:
    desk = drifting(levels="ddq")
    release(desk, 2)
    desk.tick(day(20))
    assert keys(desk.last.inputs) == ["0-d", "1-d", "2-q"]
    assert keys(desk.last.drifted) == ["0-d", "1-d"]
    alone = drifting(levels="dqq")
    release(alone, 1)
    release(alone, 2)
    assert alone.tick(day(20)) is None, "one drift of one measured batch"


def test_without_its_release_a_refused_batch_is_not_learned_from() -> None:
    desk = drifting(levels="ddq")
    desk.tick(day(20))
    assert keys(desk.last.inputs) == ["0-d", "1-d"]


def test_a_release_heard_of_before_its_verdict_ends_the_same() -> None:
    one, other = drifting(levels="ddq"), drifting(levels="dd")
    release(one, 2)
    release(other, 2)
    other.note(verdict(day(2), "quarantined", key="2-q"))
    assert one.state.evidence == other.state.evidence
    release(one, 2)
    assert len([entry for entry in one.entries if entry.kind == "Evidence Released"]) == 1


def test_a_release_of_what_counted_against_another_baseline_changes_nothing() -> None:
    desk = drifting(levels="dd")
    desk.adopt(SECOND, sequence=2, now=day(3))
    release(desk, 5, baseline=FIRST)
    assert desk.state.evidence == ()


def test_a_batch_held_against_its_season_is_evidence_for_the_models_own_baseline() -> None:
    desk = Desk(policy())
    desk.adopt()
    for number in (0, 1):
        desk.note(verdict(day(number), "drift", baseline="e" * 64).model_copy(update={"era": FIRST}))
    assert desk.tick(day(20)) is not None
    without = Desk(policy())
    without.adopt()
    for number in (0, 1):
        without.note(verdict(day(number), "drift", baseline="e" * 64))
    assert without.tick(day(20)) is None


def test_a_seasons_baseline_is_never_adopted() -> None:
    desk = drifting(levels="d")
    activated = BaselineActivated(
        sha256=SECOND, source="season", season="month 2026-03-01", sequence=9, decision_id="f" * 64
    )  # fmt: skip
    assert desk.commit(partial(adopt, model=MODEL, activated=activated), now=day(1)) is None
    assert desk.state.baseline == FIRST
    assert len(desk.state.evidence) == 1
