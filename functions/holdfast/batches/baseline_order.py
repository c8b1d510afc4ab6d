"""What a baseline is to be built of, and what came of building it: pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal, TypeVar

from holdfast.batches.entries import (
    MOST_SOURCES,
    NO_VERSION,
    BaselineActivated,
    BaselineFailed,
    BaselineRequested,
    ObjectRead,
    WaitsFor,
)
from holdfast.batches.logic import Described, beyond_us
from holdfast.batches.parts import MOST_NAMED_BYTES, Unusable, named_bytes
from holdfast.batches.policy import bucket_of, key_of
from holdfast.batches.seasons import Season, named
from holdfast.batches.verdict import shown
from holdfast.ledger.contract import Entry
from holdfast.retraining.entries import RunClosed
from holdfast.shared.errors import ConfigurationError

MOST_TOGETHER = 1024**3
MOST_OF_SEASON = 100
REFERENCE: Literal["reference"] = "reference"
RUN: Literal["run"] = "run"
SEASON: Literal["season"] = "season"
One = TypeVar("One")


class UnbuildableError(ConfigurationError):
    """What a baseline is to be built of cannot be had or used: who named it, or who may let us read it, must act."""

    def __init__(self, reason: str, waits_for: WaitsFor | None = None) -> None:
        super().__init__(reason)
        self.waits_for = waits_for


@dataclass(frozen=True, slots=True)
class Order:
    """What a baseline is to be built of, and who asks."""

    model: str
    asked_by: str
    run_order: int | None
    sources: tuple[ObjectRead, ...]
    season: Season | None = None
    left_out: int = 0

    def of(self, objects: Sequence[ObjectRead], *, left_out: int) -> "Order":
        """Give the order the objects that it is built of: as many, evenly spread, as an entry can name."""
        once = list(dict.fromkeys(objects))
        kept = spread(once, most=MOST_SOURCES)
        while named_bytes(kept) > MOST_NAMED_BYTES:
            kept = spread(kept, most=len(kept) // 2)
        return replace(self, sources=tuple(kept), left_out=left_out + len(once) - len(kept))

    @property
    def is_reference(self) -> bool:
        """Tell whether this is the reference the manifest names, rather than batches that may be gone by now."""
        return self.run_order is None and self.season is None

    def check(self, found: Described, *, beside: int) -> None:
        """Raise `UnbuildableError` if an object is beyond us, alone or together with so many bytes taken before it."""
        reason = beyond_us(found)
        if reason is None and found.size + beside > MOST_TOGETHER:
            reason = f"with it the objects have {found.size + beside} bytes, beyond our limit of {MOST_TOGETHER}"
        if reason is not None:
            raise UnbuildableError(f"s3://{found.source.bucket}/{shown(found.source.key, most=200)}: {reason}")


def spread(found: Sequence[One], *, most: int = MOST_OF_SEASON) -> list[One]:
    """Keep at most so many, evenly spread over all: a season of hourly batches is known by some of each of its days."""
    if len(found) <= most:
        return list(found)
    return [found[at * len(found) // most] for at in range(most)]


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
        asked = BaselineRequested.of(entry)
        if asked.season is not None:
            return Order(entry.subject, entry.decision_id, None, (), named(asked.season))
        uri = asked.reference
        reference = ObjectRead(bucket=bucket_of(uri), key=key_of(uri), version_id=NO_VERSION, etag=None)
        return Order(entry.subject, entry.decision_id, None, (reference,))
    inputs = tuple(
        ObjectRead(bucket=one.bucket, key=one.key, version_id=one.version_id, etag=None)
        for one in RunClosed.of(entry).inputs
    )
    return Order(entry.subject, entry.decision_id, entry.sequence, inputs)


def outcome(order: Order, built: Built | Unusable) -> tuple[BaselineActivated | BaselineFailed, str]:
    """Write down what came of an order, and why in one sentence."""
    season = None if order.season is None else order.season.name
    asked = {"model": order.model, "answers": order.asked_by, "run_order": order.run_order, "season": season}
    source = REFERENCE if order.is_reference else RUN if order.season is None else SEASON
    if isinstance(built, Unusable):
        lost = BaselineFailed(source=source, waits_for=built.waits_for, **asked)
        return lost, f"no baseline of the {source}: {built.reason}"
    said = f"built of {len(built.sources)} objects, {built.rows} rows, of the {source}"
    left = f"; {built.left_out} left out as quarantined, gone or too many" if built.left_out else ""
    return BaselineActivated(source=source, **asked, **asdict(built)), said + left
