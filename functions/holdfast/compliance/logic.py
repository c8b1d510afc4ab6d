"""Judge a resource: facts in, decision out."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from holdfast.compliance import catalogue
from holdfast.compliance.contract import Finding, Outcome, RecordedCall, ResourceJudged, Verdict
from holdfast.compliance.control import Control, Costly, NotApplicable, Ruling, Undecided
from holdfast.compliance.entries import ResourceState
from holdfast.compliance.facts import Facts, Readings, UnknownFactError
from holdfast.compliance.kind import Kind
from holdfast.compliance.resource import Resource
from holdfast.compliance.rulebook import Rules
from holdfast.ledger.contract import Decision
from holdfast.shared.canonical import canonical
from holdfast.shared.errors import ContractError

MOST_REASON, MOST_TOLD = 300, 1000


def ignored(call: RecordedCall, *, account: str | None, kinds: Sequence[Kind]) -> str | None:
    """Say why a call is no reason to look at anything, or `None` if it is one."""
    if account is not None and call.account != account:
        return f"of account {call.account}, not of ours"
    if call.error_code is not None:
        return f"the call failed ({call.error_code}): nothing changed"
    if call.is_read_only:
        return f"{call.name} only reads"
    if not any(call.name in catalogue.events_of(kind.id) for kind in kinds):
        return f"{call.name} changes nothing that a control judges"
    return None


def touched(call: RecordedCall, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, str]]:
    """Name the resources that a call changed; raises `ContractError` if it is a change that names none.

    A call that names one resource of a kind is no change of what stands above all of that kind.
    """
    found = [(kind, name) for kind in kinds if (name := _name_in(call, kind)) is not None]
    if not found and call.name not in catalogue.BY_TAG:
        places = sorted({".".join(_place(call, kind)) for kind in kinds if call.name in catalogue.events_of(kind.id)})
        raise ContractError(f"{call.name} names no resource: detail.{' or detail.'.join(places)} is missing or empty")
    named = {kind.id for kind, _ in found}
    yield from (pair for pair in found if named.isdisjoint(pair[0].rejudges.values()))


def rejudged(call: RecordedCall, kinds: Sequence[Kind]) -> frozenset[str]:
    """Name the kinds of which every resource must be looked at after a call, as after a change of the account."""
    return frozenset(kind.rejudges[call.name] for kind, _ in touched(call, kinds) if call.name in kind.rejudges)


def judge(resource: Resource, readings: Readings, rules: Rules, *, now: datetime) -> tuple[Finding, ...]:
    """Give the verdict of every control that holds for a resource."""
    return tuple(_finding(control, resource, readings, rules, now=now) for control in rules.controls(resource))


def decide(
    state: ResourceState, *, resource: Resource, findings: tuple[Finding, ...] | None, type_name: str,
    principal: str | None = None,
) -> Decision | None:  # fmt: skip
    """Decide what to record of a resource as it is now; `findings` of `None` means that it is gone."""
    found = _found(findings or ())
    outcome: Outcome = outcome_of(findings) if findings is not None else "deleted"
    if (outcome, found) == (state.outcome, state.findings) or (outcome == "deleted" and state.outcome is None):
        return None
    names = sorted(state.findings.keys() | found.keys())
    body = ResourceJudged(
        resource_kind=resource.kind, resource_type=type_name, resource=resource.name, account=resource.account,
        region=resource.region, outcome=outcome, previous=state.outcome, findings=findings or (),
        changed=tuple(name for name in names if found.get(name) != state.findings.get(name)), principal=principal,
    )  # fmt: skip
    return Decision(
        kind=ResourceJudged.kind,
        subject=resource.subject,
        outcome=outcome,
        reason=_told(outcome, findings or ()),
        body=body,
        facts=(resource.subject, str(state.sequence), outcome, hashlib.sha256(canonical(found)).hexdigest()),
    )


def unwatched(state: ResourceState, *, resource: Resource, type_name: str) -> Decision | None:
    """Decide to close what was said of a resource that the manifest does not speak of any more."""
    closed = decide(state, resource=resource, findings=None, type_name=type_name)
    return (
        None if closed is None else replace(closed, reason="the manifest watches it no more: its findings are closed")
    )


def by_request(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Say of findings that they rest on what was asked for: the resource was gone before anyone could look at it."""
    said = "judged by the request that created it, for it is gone: "
    return tuple(one.model_copy(update={"reason": f"{said}{one.reason}"[:MOST_REASON]}) for one in findings)


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Sum verdicts up: one failure fails, and what could not be read never passes."""
    verdicts = {finding.verdict for finding in findings}
    return "fail" if "fail" in verdicts else "unknown" if "unknown" in verdicts else "pass"


def _name_in(call: RecordedCall, kind: Kind) -> str | None:
    if call.name not in catalogue.events_of(kind.id) or (call.source is not None and call.source not in kind.sources):
        return None
    if call.name in catalogue.BY_TAG and kind.tagged_as is not None:
        arn = call.at(("requestParameters", "resourceArn")) or ""
        tail = arn.split(":", 5)[5] if arn.count(":") > 4 else ""
        return kind.name_of(arn) if tail.startswith(kind.tagged_as) else None
    text = call.at(_place(call, kind))
    return None if text is None else kind.name_of(text)


def _place(call: RecordedCall, kind: Kind) -> tuple[str, ...]:
    return kind.named_otherwise.get(call.name, kind.named_by)


def _finding(control: Control, resource: Resource, readings: Readings, rules: Rules, *, now: datetime) -> Finding:
    ruling = _ruling(control, resource, readings, rules, now=now)
    verdict, reason = _verdict(control, ruling)
    if verdict == "fail" and (permission := rules.waiver(control, resource, now=now)) is not None:
        verdict, reason = "waived", f"{permission}: {reason}"
    return Finding(
        control=control.id, references=control.references, severity=control.severity, verdict=verdict,
        reason=reason[:MOST_REASON], monthly_cost_usd=ruling.monthly_usd if isinstance(ruling, Costly) else None,
    )  # fmt: skip


def _ruling(control: Control, resource: Resource, readings: Readings, rules: Rules, *, now: datetime) -> Ruling:
    facts = Facts(resource, readings, now=now, parameters=rules.parameters(control, resource))
    try:
        return control.check(facts)
    except (ContractError, UnknownFactError) as error:
        return Undecided(str(error))
    except KeyError as error:
        return Undecided(f"it cannot be judged: {error} is missing")


def _verdict(control: Control, ruling: Ruling) -> tuple[Verdict, str]:
    if isinstance(ruling, NotApplicable):
        return "not_applicable", ruling.reason
    if isinstance(ruling, Undecided):
        return "unknown", ruling.reason
    if isinstance(ruling, Costly):
        return "fail", ruling.reason
    return ("pass", control.title) if ruling is None else ("fail", ruling)


def _found(findings: Sequence[Finding]) -> dict[str, tuple[Verdict, str]]:
    return {finding.control: (finding.verdict, finding.reason) for finding in findings}


def _told(outcome: Outcome, findings: Sequence[Finding]) -> str:
    if outcome == "deleted":
        return "the resource is gone: its findings are closed"
    if outcome == "pass":
        waived = sum(finding.verdict == "waived" for finding in findings)
        held = "the one control holds" if len(findings) == 1 else f"all {len(findings)} controls hold"
        return held + (f", {waived} of them waived" if waived else "")
    said = "; ".join(f"{finding.control}: {finding.reason}" for finding in findings if finding.verdict == outcome)
    return said[:MOST_TOLD]
