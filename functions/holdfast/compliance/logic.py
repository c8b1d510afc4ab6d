"""Judge a bucket: facts in, decision out."""

import hashlib
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict

from holdfast.compliance.contract import BucketChanged, BucketJudged, Finding, Outcome, Verdict
from holdfast.compliance.control import BUCKET, Control, Readings, Unread
from holdfast.ledger.contract import Decision, Entry, Fold
from holdfast.shared.canonical import canonical
from holdfast.shared.errors import ContractError

LIFE = ("CreateBucket", "DeleteBucket")
MOST_REASON = 300


class BucketState(BaseModel):
    """What was last said of a bucket, and by which entry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequence: int = 0
    outcome: Outcome | None = None
    findings: dict[str, tuple[Verdict, str]] = {}


def event_names(controls: Sequence[Control]) -> tuple[str, ...]:
    """Name every CloudTrail event that should start a re-check."""
    return tuple(sorted({name for control in controls for name in control.events}.union(LIFE)))


def ignored(changed: BucketChanged, *, account: str | None, watches: Callable[[str], bool]) -> str | None:
    """Say why a call is no reason to look at a bucket, or `None` if it is one."""
    if account is not None and changed.account != account:
        return f"of account {changed.account}, not of ours"
    if changed.error_code is not None:
        return f"the call failed ({changed.error_code}): nothing changed"
    if changed.is_read_only:
        return f"{changed.name} only reads"
    if not changed.is_change:
        return f"{changed.name} changes no bucket's configuration"
    if changed.bucket is not None and not watches(changed.bucket):
        return f"bucket {changed.bucket} is not governed and not in scope"
    return None


def judge(readings: Readings, controls: Sequence[Control]) -> tuple[Finding, ...]:
    """Give every control's verdict on these readings."""
    return tuple(_finding(control, readings) for control in controls)


def decide(
    state: BucketState, *, bucket: str, readings: Readings | None, controls: Sequence[Control]
) -> Decision | None:
    """Decide what to record of a bucket as it is now; `readings` of `None` means that it is gone."""
    findings = judge(readings, controls) if readings is not None else ()
    found = _found(findings)
    outcome: Outcome = outcome_of(findings) if readings is not None else "deleted"
    if (outcome, found) == (state.outcome, state.findings) or (outcome == "deleted" and state.outcome is None):
        return None
    names = sorted(state.findings.keys() | found.keys())
    changed = tuple(name for name in names if found.get(name) != state.findings.get(name))
    return Decision(
        kind=BucketJudged.detail_type,
        subject=bucket,
        outcome=outcome,
        reason=_told(outcome, findings),
        body=BucketJudged(bucket=bucket, outcome=outcome, previous=state.outcome, findings=findings, changed=changed),
        facts=(bucket, str(state.sequence), outcome, hashlib.sha256(canonical(found)).hexdigest()),
    )


def evolve(state: BucketState, entry: Entry) -> BucketState:
    """Take an entry into the state."""
    if entry.kind != BucketJudged.detail_type:
        return state
    body = BucketJudged.model_validate(entry.body)
    return BucketState(sequence=entry.sequence, outcome=body.outcome, findings=_found(body.findings))


FOLD: Fold[BucketState] = Fold(BucketState, 1, evolve)


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Sum verdicts up: one failure fails, and what could not be read never passes."""
    verdicts = {finding.verdict for finding in findings}
    return "fail" if "fail" in verdicts else "unknown" if "unknown" in verdicts else "pass"


def _finding(control: Control, readings: Readings) -> Finding:
    verdict, reason = _verdict(control, readings)
    return Finding(
        control=control.id,
        references=control.references,
        severity=control.severity,
        verdict=verdict,
        reason=reason[:MOST_REASON],
    )


def _verdict(control: Control, readings: Readings) -> tuple[Verdict, str]:
    facts = {}
    for name in (BUCKET, *(read.fact for read in control.reads)):
        fact = readings[name]
        if isinstance(fact, Unread):
            return "unknown", fact.reason
        facts[name] = fact
    try:
        broken = control.check(facts)
    except ContractError as error:
        return "unknown", str(error)
    return ("pass", control.title) if broken is None else ("fail", broken)


def _found(findings: Sequence[Finding]) -> dict[str, tuple[Verdict, str]]:
    return {finding.control: (finding.verdict, finding.reason) for finding in findings}


def _told(outcome: Outcome, findings: Sequence[Finding]) -> str:
    if outcome == "deleted":
        return "the bucket is gone: its findings are closed"
    if outcome == "pass":
        return f"all {len(findings)} controls hold"
    said = "; ".join(f"{finding.control}: {finding.reason}" for finding in findings if finding.verdict == outcome)
    return said[:1000]
