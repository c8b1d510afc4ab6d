"""What the ledger takes, keeps and announces."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted, Received, explained
from holdfast.shared.errors import ContractError
from holdfast.shared.settings import Settings

State = TypeVar("State", bound=BaseModel)
SOURCE = "holdfast.ledger"
SHA256 = r"^[0-9a-f]{64}$"
DecisionId = Annotated[str, Field(pattern=SHA256)]


class LedgerSettings(Settings):
    """Where the ledger is, who writes to it here, and under which manifest."""

    ledger_table: str = Field(min_length=3)
    actor: str = Field(min_length=1)
    manifest: str = Field(min_length=1)


class PublisherSettings(Settings):
    """Where announcements go and what the outbox is kept in."""

    ledger_table: str = Field(min_length=3)
    bus: str = Field(min_length=1)


def identify(kind: str, *facts: str) -> str:
    """Make a decision id of business facts: SHA-256 over their canonical JSON."""
    return hashlib.sha256(canonical([kind, *facts])).hexdigest()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a judge or actor wants on record; its facts make it one and the same however often it is taken."""

    kind: str
    subject: str
    outcome: str
    reason: str
    body: Emitted
    facts: tuple[str, ...]

    @property
    def id(self) -> str:
        """Give the decision id."""
        return identify(self.kind, *self.facts)


@dataclass(frozen=True, slots=True)
class Cause:
    """What made us look: an event or an earlier decision, and the id of the whole chain of them."""

    id: str
    correlation_id: str


class Entry(Emitted):
    """One line of the ledger."""

    schema_version: Literal[1] = 1
    stream: str = Field(min_length=1, max_length=1500)
    sequence: int = Field(ge=1)
    previous: str = Field(pattern=SHA256)
    decision_id: str = Field(pattern=SHA256)
    kind: str = Field(min_length=1, max_length=128)
    subject: str = Field(min_length=1, max_length=1500)
    outcome: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=1, max_length=1000)
    body: dict[str, Any]
    actor: str
    cause: str
    correlation_id: str
    recorded_at: AwareDatetime
    manifest: str
    hash: str = Field(pattern=SHA256)

    @property
    def cause_of_next(self) -> Cause:
        """Give the cause that whatever follows from this entry carries."""
        return Cause(self.decision_id, self.correlation_id)


class OnRecord(Emitted):
    """The body of one kind of entry, which a domain writes and others may read."""

    kind: ClassVar[str]

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read an entry's body, or raise `ContractError` if the entry is of another kind or shape."""
        if entry.kind != cls.kind:
            raise ContractError(f"decision {entry.decision_id} is {entry.kind!r}, expected {cls.kind!r}")
        try:
            return cls.model_validate(entry.body)
        except ValidationError as error:
            raise ContractError(f"the body of {entry.decision_id} is no {cls.__name__}: {explained(error)}") from error


class Announcement(Received):
    """What the bus carries of an entry: enough to route by, and the id to read it with."""

    detail_type: ClassVar[str] = "any kind of entry"
    schema_version: Literal[1] = 1
    decision_id: str = Field(pattern=SHA256)
    stream: str
    sequence: int = Field(ge=1)
    kind: str
    subject: str
    outcome: str
    correlation_id: str

    @classmethod
    def of(cls, entry: Entry) -> "Announcement":
        """Announce an entry."""
        return cls.model_validate(entry.model_dump(include=set(cls.model_fields)))


@dataclass(frozen=True, slots=True)
class Fold(Generic[State]):
    """How a stream's state follows from its entries; `state()` is where it starts.

    Streams whose state `is_open` can be listed: the ledger notes them in the transaction that makes them so.
    """

    state: type[State]
    version: int
    evolve: Callable[[State, Entry], State]
    is_open: Callable[[State], bool] | None = None
