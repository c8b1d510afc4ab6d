"""What reaches the planner and the remediator: the id of a decision to read, or a tick."""

from typing import ClassVar

from pydantic import AliasPath, Field

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import SHA256, Entry
from holdfast.shared.contract import Received
from holdfast.shared.errors import ConfigurationError


class Announced(Received):
    """A decision was announced, or a timer ticked."""

    TICK: ClassVar[str] = "Scheduled Event"
    detail_type: str = Field(validation_alias="detail-type")
    event_id: str = Field(validation_alias="id", min_length=1, max_length=256)
    decision_id: str | None = Field(default=None, validation_alias=AliasPath("detail", "decision_id"), pattern=SHA256)

    @property
    def is_tick(self) -> bool:
        """Tell whether the timer asks for a look at every bucket that may be changed."""
        return self.detail_type == self.TICK and self.decision_id is None

    def entry(self, ledger: Ledger) -> Entry:
        """Read the decision's entry, or raise `ConfigurationError`: what is not on record is never acted on."""
        found = None if self.decision_id is None else ledger.entry(self.decision_id)
        if found is None:
            raise ConfigurationError(f"decision {self.decision_id} is not in the ledger: nothing is done")
        return found
