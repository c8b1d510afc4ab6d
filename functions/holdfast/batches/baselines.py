"""Which baseline a model's batches are held against, and when one has to be built: pure."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.batches.entries import BaselineActivated, BaselineFailed, BaselineRequested
from holdfast.batches.logic import Held
from holdfast.batches.seasons import Season
from holdfast.ledger.contract import Decision, Entry, Fold

ASK_AGAIN = timedelta(days=1)
MOST_SEASONS = 16
ANSWERABLE = frozenset({BaselineRequested.kind, BaselineActivated.kind, BaselineFailed.kind})


class Active(BaseModel):
    """The baseline in force."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    sha256: str
    uri: str


class SeasonState(BaseModel):
    """Where the baseline of one season stands: asked for, in force, or, where `is_lost`, not to be had."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    name: str
    asked_at: AwareDatetime
    open_request: str | None = None
    active: Active | None = None
    is_lost: bool = False

    def is_asked_for(self, *, now: datetime) -> bool:
        """Tell whether there is nothing to ask for (any more), or it was asked for within a day."""
        return self.active is not None or self.is_lost or now - self.asked_at < ASK_AGAIN


class BaselineState(BaseModel):
    """Where a model's baselines stand; `run_order` is the place of the last run in the model's retraining."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    departed: int = 0
    active: Active | None = None
    reference: str | None = None
    open_request: str | None = None
    asked_at: AwareDatetime | None = None
    run_order: int = 0
    run_at: AwareDatetime | None = None
    seasons: tuple[SeasonState, ...] = ()

    def season(self, name: str) -> SeasonState | None:
        """Find a season that was asked for."""
        return next((one for one in self.seasons if one.name == name), None)

    def with_season(self, changed: SeasonState, *, departed: int) -> "BaselineState":
        """Keep what is known of a season, and of the last few others."""
        others = [one for one in self.seasons if one.name != changed.name]
        kept = sorted((*others, changed), key=lambda one: one.asked_at)[-MOST_SEASONS:]
        return self.model_copy(update={"departed": departed, "seasons": tuple(kept)})


def stream_of(model: str) -> str:
    """Name the stream of a model's baselines."""
    return f"baselines#{model}"


def evolve(state: BaselineState, entry: Entry) -> BaselineState:
    """Take a request, an activation or a failure in."""
    if entry.kind in ANSWERABLE and entry.body.get("season") is not None:
        return _with_season(state, entry, entry.body["season"])
    if entry.kind == BaselineRequested.kind:
        asked = {"reference": BaselineRequested.of(entry).reference, "asked_at": entry.recorded_at}
        return state.model_copy(update={"departed": entry.sequence, "open_request": entry.decision_id, **asked})
    if entry.kind == BaselineFailed.kind:
        return _answered(state, entry, BaselineFailed.of(entry).run_order)
    if entry.kind == BaselineActivated.kind:
        body = BaselineActivated.of(entry)
        answered = _answered(state, entry, body.run_order)
        run_at = state.run_at if body.run_order is None else entry.recorded_at
        active = Active(sha256=body.sha256, uri=body.uri)
        return answered.model_copy(update={"active": active, "open_request": None, "run_at": run_at})
    return state


def _with_season(state: BaselineState, entry: Entry, name: str) -> BaselineState:
    known = state.season(name) or SeasonState(name=name, asked_at=entry.recorded_at)
    if entry.kind == BaselineRequested.kind:
        changes: dict[str, object] = {"open_request": entry.decision_id, "asked_at": entry.recorded_at}
    elif entry.kind == BaselineActivated.kind:
        body = BaselineActivated.of(entry)
        changes = {"open_request": None, "active": Active(sha256=body.sha256, uri=body.uri)}
    else:
        changes = {"open_request": None, "is_lost": BaselineFailed.of(entry).waits_for is None}
    return state.with_season(known.model_copy(update=changes), departed=entry.sequence)


def _answered(state: BaselineState, entry: Entry, run_order: int | None) -> BaselineState:
    taken = {"open_request": None} if run_order is None else {"run_order": run_order}
    return state.model_copy(update={"departed": entry.sequence, **taken})


BASELINES = Fold(BaselineState, 2, evolve)


def request(state: BaselineState, *, model: str, reference: str, now: datetime) -> Decision | None:
    """Ask for a baseline where none is in force or the manifest names another reference: once, again after a day."""
    if state.active is not None and state.reference in (None, reference):
        return None
    if state.reference == reference and state.asked_at is not None and now - state.asked_at < ASK_AGAIN:
        return None
    body = BaselineRequested(model=model, reference=reference)
    why = "no baseline yet" if state.active is None else "the manifest names another reference"
    return Decision(body.kind, model, "requested", why, body, (model, reference, str(state.departed)))


def held(state: BaselineState, season: Season | None) -> Held | None:
    """Choose the baseline of a batch: its season's where there is one, else the model's own; `None` without any."""
    if state.active is None:
        return None
    if season is None:
        return Held(state.active.sha256)
    if season.is_superseded(state.run_at):
        said = f"held against what the last run learned from, not against {season.label}"
        return Held(state.active.sha256, note=said)
    known = state.season(season.name)
    if known is None or known.active is None:
        return Held(state.active.sha256, note=f"no baseline of {season.label} yet: held against the model's own")
    said = f"held against {season.label}"
    return Held(known.active.sha256, season=season.name, era=state.active.sha256, note=said)


def request_season(
    state: BaselineState, *, model: str, reference: str, season: Season, now: datetime
) -> Decision | None:
    """Ask for a season's baseline once; where there is nothing to build it of, the season goes by without.

    Where that might not be read, or nobody answered, it is asked for again after a day.
    """
    if state.active is None or season.is_superseded(state.run_at):
        return None
    known = state.season(season.name)
    if known is not None and known.is_asked_for(now=now):
        return None
    body = BaselineRequested(model=model, reference=reference, season=season.name)
    again = () if known is None else (known.asked_at.isoformat(),)
    why = f"batches of the season are held against {season.label}"
    return Decision(body.kind, model, "requested", why, body, (model, season.name, *again))


def answer(state: BaselineState, body: BaselineActivated | BaselineFailed, *, reason: str) -> Decision | None:
    """Record what came of a request or a run, unless it was answered already or a later run has been."""
    if _is_stale(state, body):
        return None
    outcome = "activated" if isinstance(body, BaselineActivated) else "failed"
    return Decision(body.kind, body.model, outcome, reason[:1000], body, (body.answers,))


def _is_stale(state: BaselineState, body: BaselineActivated | BaselineFailed) -> bool:
    if body.season is not None:
        known = state.season(body.season)
        return known is None or known.open_request != body.answers
    return state.open_request != body.answers if body.run_order is None else body.run_order <= state.run_order


def is_open(state: BaselineState, entry: Entry) -> bool:
    """Tell whether a request or a closed run still waits for its baseline."""
    if entry.kind == BaselineRequested.kind and entry.body.get("season") is not None:
        known = state.season(entry.body["season"])
        return known is not None and known.open_request == entry.decision_id
    if entry.kind == BaselineRequested.kind:
        return state.open_request == entry.decision_id
    from holdfast.retraining.entries import RunClosed

    return entry.kind == RunClosed.kind and entry.outcome == "succeeded" and entry.sequence > state.run_order
