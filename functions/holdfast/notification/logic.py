"""Render a decision for people: from its entry alone, so that a repeated message is the same message."""

import json
from dataclasses import dataclass
from datetime import UTC

from holdfast.ledger.contract import Entry
from holdfast.notification.contract import FOR_OPERATORS, NOTABLE, Audience, Notice

MOST_IN_SUBJECT = 99
TROUBLE = frozenset({"fail", "unknown"})
GRAVE = frozenset({"critical", "high"})
ACTS = {
    ("Batch Judged", "quarantined"): "The batch was set aside; whoever produces it should look. "
    "Once it is understood, `holdfast quarantine release` lets it be used all the same.",
    ("Batch Judged", "unknown"): "The batch could not be judged; whoever operates Holdfast should look. "
    "Nothing is wrong with the batch as far as we know.",
    ("Batch Examined", "unknown"): "The batch could not be examined; whoever operates Holdfast should look.",
    ("Report Stored", "disagrees"): "The verdict stands; whoever operates Holdfast should look why the same rows count "
    "otherwise now: the batch is not at fault.",
    ("Batch Missed", "missed"): "Whoever produces the batches should look; when one comes, that is told too.",
    ("Batch Awaited", "late"): "The batch that was missing is there.",
    ("Batch Released", "released"): "It may be learned from again; of drift it says nothing.",
    ("Baseline Failed", "failed"): "Until there is a baseline no batch is judged and nothing is trained.",
    ("Retrain Held", "held"): "Nothing was started; once the bucket complies again, training follows.",
    ("Run Refused", "refused"): "Nothing was started; if the drift lasts, the next attempt follows after a pause.",
    (
        "Run Closed",
        "failed",
    ): "SageMaker's reason is in the entry; if the drift lasts, the next attempt follows the cooldown.",
    ("Run Closed", "succeeded"): "A baseline is built from the batches it trained on.",
    ("Resource Judged", "unknown"): "The resource could not be read; whoever operates Holdfast should look.",
    ("Remediation Planned", "awaiting_approval"): "`holdfast remediate show` shows the calls, `approve` orders them.",
    ("Remediation Applied", "applied"): "`holdfast remediate undo` brings back the state before.",
    ("Remediation Failed", "restored"): "The bucket is as it was and still fails: see docs/remediation.md.",
    ("Remediation Failed", "not_restored"): "The bucket is NOT as it was: look at it now, see docs/remediation.md.",
    ("Remediation Refused", "not_permitted"): "Nothing was changed: the manifest does not switch it on any more.",
    ("Remediation Refused", "unreadable"): "Nothing was changed: the bucket could not be read; did it change hands?",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: a subject, a text, and attributes to filter by."""

    subject: str
    text: str
    attributes: dict[str, str]


def worth_telling(entry: Entry) -> bool:
    """Tell whether a person should hear of it: no pass that follows no trouble, nothing that mends itself."""
    if entry.kind == "Resource Judged" and not _is_grave(entry):
        return False
    if entry.kind == "Batch Judged" and entry.body.get("waits_for") == "baseline":
        return False
    if entry.kind == "Baseline Failed" and entry.body.get("season") is not None:
        return entry.body.get("waits_for") is not None
    return entry.outcome in NOTABLE.get(entry.kind, frozenset())


def _is_grave(entry: Entry) -> bool:
    """Tell whether a grave control's verdict changed for the worse, or back from it: the rest is for reports."""
    if entry.outcome == "pass" and entry.body.get("previous") not in TROUBLE:
        return False
    changed = frozenset(entry.body.get("changed", ()))
    wanted = {"pass", "waived", "not_applicable"} if entry.outcome == "pass" else {entry.outcome}
    return any(
        finding["control"] in changed and finding["severity"] in GRAVE and finding["verdict"] in wanted
        for finding in entry.body.get("findings", ())
    )


def audience(entry: Entry) -> Audience:
    """Say who must act on it: whoever operates Holdfast, or who owns what it is about."""
    return "operator" if entry.outcome in FOR_OPERATORS.get(entry.kind, frozenset()) else "owner"


def letter(entry: Entry, *, stage: str) -> Letter:
    """Write the message of one entry."""
    notice = Notice(
        stage=stage,
        audience=audience(entry),
        kind=entry.kind,
        outcome=entry.outcome,
        subject=entry.subject,
        decision_id=entry.decision_id,
        stream=entry.stream,
        sequence=entry.sequence,
        recorded_at=entry.recorded_at.isoformat(),
        correlation_id=entry.correlation_id,
    )
    told = ("stage", "audience", "kind", "outcome", "subject", "decision_id")
    attributes = {name: _plain(str(getattr(notice, name)), ascii_only=True) for name in told}
    subject = f"[{stage}] {entry.kind}: {entry.subject} {entry.outcome}"
    return Letter(_plain(subject, ascii_only=True)[:MOST_IN_SUBJECT].strip(), _text(entry, notice), attributes)


def _text(entry: Entry, notice: Notice) -> str:
    recorded = f"{entry.recorded_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC by {_plain(entry.actor)}"
    lines = (
        f"{entry.kind}: {_plain(entry.subject)}, {entry.outcome.replace('_', ' ')}.",
        _plain(entry.reason),
        _acts(entry),
        f"For the {notice.audience}.",
        f"Decision {entry.decision_id}, entry {entry.sequence} of {_plain(entry.stream)}, recorded {recorded}.",
        json.dumps(notice.model_dump(mode="json"), sort_keys=True),
    )
    return "\n\n".join(line for line in lines if line)


def _acts(entry: Entry) -> str:
    if entry.kind == "Baseline Failed" and entry.body.get("season") is not None:
        return "Until it may be read the season's batches are held against the model's own baseline; it is asked daily."
    return ACTS.get((entry.kind, entry.outcome), "")


def _plain(text: str, *, ascii_only: bool = False) -> str:
    """Keep one printable line: a foreign name can neither break a subject nor forge a second line."""
    kept = ((letter.isascii() or not ascii_only) and letter.isprintable() for letter in text)
    return "".join(one if keep else "?" for one, keep in zip(text, kept, strict=True))
