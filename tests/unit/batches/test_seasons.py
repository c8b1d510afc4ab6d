"""Which earlier batches a batch is like."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.baseline_order import spread
from holdfast.batches.baselines import BASELINES, BaselineState, held, is_open, request_season
from holdfast.batches.entries import BaselineActivated, BaselineFailed
from holdfast.batches.seasons import SAME, WEEKS, named, season_of
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.errors import ContractError

JULY = datetime(2026, 7, 15, 8, tzinfo=UTC)
OWN, SEASONAL, LEARNED = "a" * 64, "b" * 64, "c" * 64
moments = st.integers(0, 90 * 365).map(lambda days: datetime(2000, 3, 1, tzinfo=UTC) + timedelta(days=days))


def test_a_batch_of_july_is_like_those_of_last_july() -> None:
    season = season_of(JULY, "month")
    assert season.label == "July 2025"
    days = [datetime(2025, 6, 30, 23, 59, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC)]
    days += [datetime(2025, 7, 31, 23, 59, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC), JULY]
    assert [season.covers(day) for day in days] == [False, True, True, False, False]


def test_a_batch_of_a_wednesday_is_like_those_of_the_last_eight() -> None:
    season = season_of(JULY, "weekday")
    assert season.label == "the 8 Wednesdays before 2026-07-15"
    wanted = {JULY.date() - timedelta(days=7 * week) for week in range(1, WEEKS + 1)}
    all_days = {JULY.date() - timedelta(days=days) for days in range(100)}
    found = {day for day in all_days if season.covers(datetime.combine(day, datetime.max.time(), UTC))}
    assert found == wanted


def test_days_are_those_of_utc_wherever_the_time_is_written() -> None:
    east = timezone(timedelta(hours=9))
    assert season_of(datetime(2026, 8, 1, 3, tzinfo=east), "month").first == date(2026, 7, 1)


@given(moments, st.sampled_from(sorted(SAME)))
def test_a_season_never_holds_the_batch_itself_and_is_known_by_its_name(moment: datetime, same: str) -> None:
    season = season_of(moment, SAME[same])
    assert not season.covers(moment)
    assert named(season.name) == season


@given(moments)
def test_every_month_has_all_of_its_days(moment: datetime) -> None:
    season = season_of(moment, "month")
    start = datetime(season.first.year - 1, 1, 1, tzinfo=UTC)
    covered = [day for day in (start + timedelta(days=number) for number in range(365)) if season.covers(day)]
    assert {day.month for day in covered} == {moment.month}
    assert covered[0].day == 1
    assert (covered[-1] + timedelta(days=1)).day == 1 or covered[-1].month == 12


@pytest.mark.parametrize("name", ["", "month", "month 2026", "year 2026-01-01", "2026-01-01", "week 2026-13-01"])
def test_what_names_no_season_is_no_season(name: str) -> None:
    with pytest.raises(ContractError):
        named(name)


@given(st.lists(st.integers(), unique=True, max_size=300), st.integers(1, 50))
def test_what_is_kept_of_many_is_spread_over_all_of_them(found: list[int], most: int) -> None:
    kept = spread(found, most=most)
    assert len(kept) == min(most, len(found))
    assert [one for one in found if one in set(kept)] == kept


class Desk:
    """The stream of a model's baselines."""

    def __init__(self) -> None:
        self.state, self.entries = BaselineState(), list[Entry]()

    def take(self, decision: Decision | None, *, now: datetime = JULY) -> Entry | None:
        """Record a decision as the ledger does."""
        if decision is None or decision.id in {entry.decision_id for entry in self.entries}:
            return None
        link = Link(len(self.entries), self.entries[-1].hash) if self.entries else Link()
        entry = append(decision, stream="b", after=link, author=Author("a", "m"), cause=Cause("e", "e"), now=now)
        self.entries.append(entry)
        self.state = BASELINES.evolve(self.state, entry)
        return entry

    def activate(self, sha256: str, *, season: str | None = None, run: int | None = None, answers: str = "d" * 64,
                 now: datetime = JULY) -> Entry | None:  # fmt: skip
        """Bring a baseline into force."""
        source = "season" if season else "run" if run else "reference"
        body = BaselineActivated.model_validate(
            {"model": "bike", "sha256": sha256, "uri": "s3://s/b", "source": source, "answers": answers,
             "run_order": run, "season": season, "rows": 1, "size": 1, "left_out": 0,
             "sources": [{"bucket": "b", "key": "k", "version_id": "v", "etag": "e"}]}
        )  # fmt: skip
        return self.take(Decision(body.kind, "bike", "activated", "built", body, (sha256,)), now=now)

    def ask(self, now: datetime = JULY) -> Entry | None:
        """Ask for the season of a batch of July."""
        season = season_of(JULY, "month")
        asked = request_season(self.state, model="bike", reference="s3://b/r.parquet", season=season, now=now)
        return self.take(asked, now=now)


def test_until_a_season_has_its_baseline_the_models_own_serves_and_the_verdict_says_so() -> None:
    desk, season = Desk(), season_of(JULY, "month")
    assert held(desk.state, season) is None
    assert desk.ask() is None, "without a baseline of its own a model has no seasons"
    desk.activate(OWN)
    asked = desk.ask()
    assert asked is not None
    assert is_open(desk.state, asked)
    before = held(desk.state, season)
    assert before is not None
    assert (before.sha256, before.season) == (OWN, None)
    assert "no baseline of July 2025 yet" in before.note
    desk.activate(SEASONAL, season=season.name, answers=asked.decision_id)
    assert not is_open(desk.state, asked)
    after = held(desk.state, season)
    assert after is not None
    assert (after.sha256, after.season, after.era) == (SEASONAL, season.name, OWN)
    assert desk.ask() is None, "once"


def test_a_seasons_baseline_does_not_take_the_place_of_the_models_own() -> None:
    desk, season = Desk(), season_of(JULY, "month")
    desk.activate(OWN)
    asked = desk.ask()
    assert asked is not None
    desk.activate(SEASONAL, season=season.name, answers=asked.decision_id)
    assert desk.state.active is not None
    assert desk.state.active.sha256 == OWN
    other = held(desk.state, season_of(JULY + timedelta(days=31), "month"))
    assert other is not None
    assert other.sha256 == OWN


def test_a_season_without_batches_goes_by_without_being_asked_for_again() -> None:
    desk, season = Desk(), season_of(JULY, "month")
    desk.activate(OWN)
    asked = desk.ask()
    assert asked is not None
    body = BaselineFailed(
        model="bike", source="season", answers=asked.decision_id, run_order=None, season=season.name
    )  # fmt: skip
    desk.take(Decision(body.kind, "bike", "failed", "nothing there", body, (asked.decision_id,)))
    assert not is_open(desk.state, asked)
    assert desk.ask() is None
    assert desk.ask(JULY + timedelta(days=9)) is None
    found = held(desk.state, season)
    assert found is not None
    assert found.sha256 == OWN


def test_a_season_that_might_not_be_read_or_that_nobody_answered_is_asked_for_again_after_a_day() -> None:
    desk, season = Desk(), season_of(JULY, "month")
    desk.activate(OWN)
    asked = desk.ask()
    assert asked is not None
    body = BaselineFailed(
        model="bike", source="season", answers=asked.decision_id, run_order=None, season=season.name,
        waits_for="permission",
    )  # fmt: skip
    desk.take(Decision(body.kind, "bike", "failed", "denied", body, (asked.decision_id,)))
    assert desk.ask(JULY + timedelta(hours=23)) is None
    again = desk.ask(JULY + timedelta(hours=25))
    assert again is not None
    assert again.decision_id != asked.decision_id
    assert is_open(desk.state, again)
    assert not is_open(desk.state, asked)
    assert desk.ask(JULY + timedelta(hours=26)) is None
    assert desk.ask(JULY + timedelta(hours=50)) is not None, "no answer came"
    desk.activate(SEASONAL, season=season.name, answers=again.decision_id)
    assert desk.ask(JULY + timedelta(hours=99)) is None


def test_what_a_run_learned_tells_more_than_the_season_it_came_in() -> None:
    desk, season = Desk(), season_of(JULY, "month")
    desk.activate(OWN)
    asked = desk.ask()
    assert asked is not None
    desk.activate(SEASONAL, season=season.name, answers=asked.decision_id)
    desk.activate(LEARNED, run=3, now=JULY)
    found = held(desk.state, season)
    assert found is not None
    assert (found.sha256, found.season) == (LEARNED, None)
    assert season_of(JULY + timedelta(days=31), "month").is_superseded(desk.state.run_at) is False
    assert season_of(JULY + timedelta(days=40), "weekday").is_superseded(desk.state.run_at) is True
    assert season_of(JULY + timedelta(days=57), "weekday").is_superseded(desk.state.run_at) is False


def test_only_the_last_few_seasons_are_kept() -> None:
    desk = Desk()
    desk.activate(OWN)
    for day in range(40):
        season = season_of(JULY + timedelta(days=day), "weekday")
        desk.take(
            request_season(
                desk.state, model="bike", reference="s3://b/r.parquet", season=season, now=JULY + timedelta(days=day)
            ),
            now=JULY + timedelta(days=day),
        )
    assert len(desk.state.seasons) == 16
