"""What the ledger's bus and the timers bring: an id to read a decision by, or a tick."""

from typing import ClassVar

from pydantic import AliasPath, Field

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import SHA256, Cause, Entry
from holdfast.shared.contract import Received
from holdfast.shared.errors import ConfigurationError


class Announced(Received):
    """A decision was announced: its id is all that is taken from the message."""

    decision_id: str = Field(validation_alias=AliasPath("detail", "decision_id"), pattern=SHA256)

    def entry(self, ledger: Ledger) -> Entry:
        """Read the decision's entry, or raise `ConfigurationError`: what is not on record is never acted on."""
        found = ledger.entry(self.decision_id)
        if found is None:
            raise ConfigurationError(f"decision {self.decision_id} is not in the ledger: nothing is done")
        return found


class Told(Received):
    """Any message of a queue, as far as its kind and id."""

    TICK: ClassVar[str] = "Scheduled Event"
    detail_type: str = Field(validation_alias="detail-type")
    event_id: str = Field(validation_alias="id", min_length=1, max_length=256)

    @property
    def cause(self) -> Cause:
        """Give the cause that whatever follows from this message carries."""
        return Cause(self.event_id, self.event_id)
