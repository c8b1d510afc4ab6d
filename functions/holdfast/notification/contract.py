"""Which decisions are worth a person's time, and what they are sent."""

from typing import Literal

from pydantic import AliasPath, Field

from holdfast.ledger.contract import SHA256
from holdfast.shared.contract import Emitted, Received

NOTABLE: dict[str, frozenset[str]] = {
    "Batch Judged": frozenset({"drift", "quarantined", "unknown"}),
    "Batch Examined": frozenset({"drift", "quarantined", "unknown"}),
    "Batch Awaited": frozenset({"late"}),
    "Batch Missed": frozenset({"missed"}),
    "Batch Released": frozenset({"released"}),
    "Report Stored": frozenset({"disagrees"}),
    "Baseline Failed": frozenset({"failed"}),
    "Retrain Decided": frozenset({"start"}),
    "Retrain Held": frozenset({"held"}),
    "Run Refused": frozenset({"refused"}),
    "Run Closed": frozenset({"succeeded", "failed"}),
    "Resource Judged": frozenset({"fail", "pass", "unknown"}),
    "Remediation Planned": frozenset({"awaiting_approval"}),
    "Remediation Applied": frozenset({"applied"}),
    "Remediation Failed": frozenset({"restored", "not_restored"}),
    "Remediation Refused": frozenset({"expired", "gone", "not_permitted", "unreadable"}),
    "Remediation Undone": frozenset({"undone"}),
}


Audience = Literal["operator", "owner"]
FOR_OPERATORS: dict[str, frozenset[str]] = {
    "Batch Judged": frozenset({"unknown"}),
    "Batch Examined": frozenset({"unknown"}),
    "Report Stored": frozenset({"disagrees"}),
    "Baseline Failed": frozenset({"failed"}),
    "Run Refused": frozenset({"refused"}),
    "Resource Judged": frozenset({"unknown"}),
    "Remediation Failed": frozenset({"restored", "not_restored"}),
    "Remediation Refused": frozenset({"gone", "not_permitted", "unreadable"}),
}
"""What whoever operates Holdfast must act on; the rest is for who owns the model or the bucket and its producers."""


class Announced(Received):
    """A decision was announced: its id is all that is taken from the message."""

    decision_id: str = Field(validation_alias=AliasPath("detail", "decision_id"), pattern=SHA256)


class Notice(Emitted):
    """The machine's half of a message: what was decided, of what, and where to read more."""

    schema_version: Literal[1] = 1
    stage: str
    audience: Audience
    kind: str
    outcome: str
    subject: str
    decision_id: str
    stream: str
    sequence: int
    recorded_at: str
    correlation_id: str
