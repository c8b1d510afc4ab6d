"""What others are told of an entry: the findings that say something new, and nothing else."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import AliasPath, Field

from holdfast.compliance import catalogue
from holdfast.compliance.contract import Finding, ResourceJudged, Verdict
from holdfast.compliance.control import Control
from holdfast.compliance.formats.documents.asff import as_asff
from holdfast.compliance.formats.judged import told
from holdfast.compliance.kind import Kind
from holdfast.compliance.resource import Resource
from holdfast.ledger.contract import SHA256, Entry
from holdfast.shared.contract import Received
from holdfast.shared.errors import ContractError

MOST_FINDINGS, MOST_BATCH_BYTES, MOST_FINDING_BYTES = 100, 6_000_000, 240_000
NEVER_TOLD = frozenset({None, "deleted"})
WELL: frozenset[Verdict] = frozenset({"pass", "not_applicable"})
Asff = dict[str, Any]


class Announced(Received):
    """A decision was announced: its id is all that is taken from the message."""

    decision_id: str = Field(validation_alias=AliasPath("detail", "decision_id"), pattern=SHA256)


def news(entry: Entry, history: Iterable[Entry], *, partition: str) -> list[Asff]:
    """Give the findings that an entry changed; of a resource new to others, only what is not well.

    `history` are the entries of the resource's stream, this one among them.
    """
    said = ResourceJudged.of(entry)
    kind = catalogue.every_kind().get(said.resource_kind)
    if kind is None:
        raise ContractError(f"decision {entry.decision_id} is of kind {said.resource_kind!r}, which there is not")
    resource = Resource(said.resource_kind, said.resource, said.account, said.region, partition)
    now = {finding.control: finding for finding in said.findings}
    is_new = said.previous in NEVER_TOLD
    names = [name for name in said.changed if not (is_new and (name not in now or now[name].verdict in WELL))]
    since = _since(entry, history, names)
    return [_asff(name, now.get(name), resource, kind, entry, since=since[name]) for name in names]


def _asff(
    name: str, finding: Finding | None, resource: Resource, kind: Kind, entry: Entry, *, since: datetime
) -> Asff:  # fmt: skip
    control = catalogue.every_control().get(name)
    known = finding or _closed(name, control, is_deleted=entry.outcome == "deleted")
    return as_asff(told(known, control, resource, kind, now=entry.recorded_at), first_observed_at=since)


def _closed(name: str, control: Control | None, *, is_deleted: bool) -> Finding:
    """Close a finding that is not made any more."""
    reason = "the resource is gone" if is_deleted else "the control does not hold for this resource any more"
    references, severity = ((), "low") if control is None else (control.references, control.severity)
    return Finding.model_validate(
        {"control": name, "references": references, "severity": severity, "verdict": "not_applicable", "reason": reason}
    )


def _since(entry: Entry, history: Iterable[Entry], names: list[str]) -> dict[str, datetime]:
    """Tell since when each control has not been well, or when it last was not."""
    since = dict.fromkeys(names, entry.recorded_at)
    was_well = dict.fromkeys(names, True)
    for earlier in history:
        if earlier.kind != ResourceJudged.kind or earlier.sequence > entry.sequence:
            continue
        verdicts = {finding.control: finding.verdict for finding in ResourceJudged.of(earlier).findings}
        for name in names:
            is_well = verdicts.get(name, "not_applicable") in WELL
            if was_well[name] and not is_well:
                since[name] = earlier.recorded_at
            was_well[name] = is_well
    return since


def batches(findings: Iterable[Asff]) -> Iterator[list[Asff]]:
    """Portion findings as Security Hub takes them; raises `ContractError` for one that is too large for it."""
    batch: list[Asff] = []
    total = 0
    for finding in findings:
        size = len(json.dumps(finding))
        if size > MOST_FINDING_BYTES:
            raise ContractError(f"finding {finding['Id']} takes {size} bytes, expected at most {MOST_FINDING_BYTES}")
        if batch and (len(batch) == MOST_FINDINGS or total + size > MOST_BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(finding)
        total += size
    if batch:
        yield batch
