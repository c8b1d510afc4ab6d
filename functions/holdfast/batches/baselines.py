"""Which baseline a model's batches are held against, and when one has to be built: pure."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from holdfast.batches.entries import NO_VERSION, BaselineActivated, BaselineFailed, BaselineRequested, ObjectRead
from holdfast.batches.logic import Described, beyond_us
from holdfast.batches.policy import bucket_of, key_of
from holdfast.batches.verdict import shown
from holdfast.ledger.contract import Decision, Entry, Fold
from holdfast.retraining.entries import RunClosed
from holdfast.shared.errors import ConfigurationError

ASK_AGAIN = timedelta(days=1)
MOST_TOGETHER = 1024**3
REFERENCE: Literal["reference"] = "reference"
RUN: Literal["run"] = "run"


class Active(BaseModel):
    """The baseline in force."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    uri: str


class BaselineState(BaseModel):
    """Where a model's baselines stand; `run_order` is the place of the last run in the model's retraining."""

    model_config = ConfigDict(frozen=True)

    departed: int = 0
    active: Active | None = None
    reference: str | None = None
    open_request: str | None = None
    asked_at: AwareDatetime | None = None
    run_order: int = 0


def stream_of(model: str) -> str:
    """Name the stream of a model's baselines."""
    return f"baselines#{model}"


def evolve(state: BaselineState, entry: Entry) -> BaselineState:
    """Take a request, an activation or a failure in."""
    if entry.kind == BaselineRequested.kind:
        asked = {"reference": BaselineRequested.of(entry).reference, "asked_at": entry.recorded_at}
        return state.model_copy(update={"departed": entry.sequence, "open_request": entry.decision_id, **asked})
    if entry.kind == BaselineFailed.kind:
        return _answered(state, entry, BaselineFailed.of(entry).run_order)
    if entry.kind == BaselineActivated.kind:
        body = BaselineActivated.of(entry)
        answered = _answered(state, entry, body.run_order)
        return answered.model_copy(update={"active": Active(sha256=body.sha256, uri=body.uri), "open_request": None})
    return state


def _answered(state: BaselineState, entry: Entry, run_order: int | None) -> BaselineState:
    taken = {"open_request": None} if run_order is None else {"run_order": run_order}
    return state.model_copy(update={"departed": entry.sequence, **taken})


BASELINES = Fold(BaselineState, 1, evolve)


def request(state: BaselineState, *, model: str, reference: str, now: datetime) -> Decision | None:
    """Ask for a baseline where none is in force or the manifest names another reference: once, again after a day."""
    if state.active is not None and state.reference in (None, reference):
        return None
    if state.reference == reference and state.asked_at is not None and now - state.asked_at < ASK_AGAIN:
        return None
    body = BaselineRequested(model=model, reference=reference)
    why = "no baseline yet" if state.active is None else "the manifest names another reference"
    return Decision(body.kind, model, "requested", why, body, (model, reference, str(state.departed)))


def answer(state: BaselineState, body: BaselineActivated | BaselineFailed, *, reason: str) -> Decision | None:
    """Record what came of a request or a run, unless it was answered already or a later run has been."""
    stale = state.open_request != body.answers if body.run_order is None else body.run_order <= state.run_order
    if stale:
        return None
    outcome = "activated" if isinstance(body, BaselineActivated) else "failed"
    return Decision(body.kind, body.model, outcome, reason[:1000], body, (body.answers,))


def is_open(state: BaselineState, entry: Entry) -> bool:
    """Tell whether a request or a closed run still waits for its baseline."""
    if entry.kind == BaselineRequested.kind:
        return state.open_request == entry.decision_id
    return entry.kind == RunClosed.kind and entry.outcome == "succeeded" and entry.sequence > state.run_order


class UnbuildableError(ConfigurationError):
    """What a baseline is to be built of cannot be had or used: whoever named it must act."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a baseline is to be built of, and who asks."""

    model: str
    asked_by: str
    run_order: int | None
    sources: tuple[ObjectRead, ...]

    @property
    def is_reference(self) -> bool:
        """Tell whether this is the reference the manifest names, rather than what a run was trained on."""
        return self.run_order is None

    def check(self, found: Described, *, beside: int) -> None:
        """Raise `UnbuildableError` if an object is beyond us, alone or together with so many bytes taken before it."""
        reason = beyond_us(found)
        if reason is None and found.size + beside > MOST_TOGETHER:
            reason = f"with it the objects have {found.size + beside} bytes, beyond our limit of {MOST_TOGETHER}"
        if reason is not None:
            raise UnbuildableError(f"s3://{found.source.bucket}/{shown(found.source.key, most=200)}: {reason}")


@dataclass(frozen=True, slots=True)
class Built:
    """A baseline that was built and stored."""

    sha256: str
    uri: str
    rows: int
    size: int
    sources: tuple[ObjectRead, ...]
    left_out: int


def order_of(entry: Entry) -> Order:
    """Read what a request or a closed run asks to be built, or raise `ContractError`."""
    if entry.kind == BaselineRequested.kind:
        uri = BaselineRequested.of(entry).reference
        reference = ObjectRead(bucket=bucket_of(uri), key=key_of(uri), version_id=NO_VERSION, etag=None)
        return Order(entry.subject, entry.decision_id, None, (reference,))
    inputs = tuple(
        ObjectRead(bucket=one.bucket, key=one.key, version_id=one.version_id, etag=None)
        for one in RunClosed.of(entry).inputs
    )
    return Order(entry.subject, entry.decision_id, entry.sequence, inputs)


def outcome(order: Order, built: Built | str) -> tuple[BaselineActivated | BaselineFailed, str]:
    """Write down what came of an order, and why in one sentence."""
    asked = {"model": order.model, "answers": order.asked_by, "run_order": order.run_order}
    source = REFERENCE if order.is_reference else RUN
    if isinstance(built, str):
        return BaselineFailed(source=source, **asked), f"no baseline of the {source}: {built}"
    said = f"built of {len(built.sources)} objects, {built.rows} rows, of the {source}"
    left = f"; {built.left_out} left out as quarantined or gone" if built.left_out else ""
    return BaselineActivated(source=source, **asked, **asdict(built)), said + left
