"""A finding with all that a reader of it may want to know."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from holdfast.compliance.contract import Finding, Severity, Verdict
from holdfast.compliance.control import Control
from holdfast.compliance.kind import Kind
from holdfast.compliance.resource import Resource, partition_of
from holdfast.shared.canonical import canonical


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """One control's verdict on one resource, live or declared, told in full.

    `resource_type` is CloudFormation's name of `kind`. A finding in a template has a `file`, a `line` and a
    `logical_id`; one of a live resource has an `arn` if its kind has one.
    """

    resource_type: str
    resource: str
    kind: str
    account: str
    region: str
    control: str
    references: tuple[str, ...]
    severity: Severity
    verdict: Verdict
    reason: str
    title: str
    rationale: str
    advice: str
    observed_at: datetime
    arn: str | None = None
    monthly_cost_usd: float | None = None
    file: str | None = None
    line: int | None = None
    logical_id: str | None = None

    @property
    def partition(self) -> str:
        """Give the partition of AWS that it is in."""
        return partition_of(self.region)

    @property
    def subject(self) -> tuple[str, ...]:
        """Name what is judged: a place in a template, or a live resource; a line may move, the rest stays."""
        if self.file is not None:
            return ("template", self.file, self.logical_id or self.resource)
        return ("live", self.account, self.region, self.kind, self.resource)

    @property
    def fingerprint(self) -> str:
        """Identify the finding whatever its verdict: the same for every look at the same thing by the same control."""
        told = [part.encode(errors="backslashreplace").decode() for part in (*self.subject, self.control)]
        return hashlib.sha256(canonical(told)).hexdigest()


def told(finding: Finding, control: Control | None, resource: Resource, kind: Kind, *, now: datetime) -> JudgedFinding:
    """Tell a finding of a live resource in full; a control that is not in the catalogue any more has only its id."""
    return JudgedFinding(
        resource_type=kind.resource_type, resource=resource.name, kind=kind.id, account=resource.account,
        region=resource.region, control=finding.control, references=finding.references, severity=finding.severity,
        verdict=finding.verdict, reason=finding.reason, title=finding.control if control is None else control.title,
        rationale="" if control is None else control.rationale, advice="" if control is None else control.advice,
        observed_at=now, arn=arn_of(resource, kind), monthly_cost_usd=finding.monthly_cost_usd,
    )  # fmt: skip


def arn_of(resource: Resource, kind: Kind) -> str | None:
    """Give a resource's ARN, as far as its kind tells how that is made."""
    if resource.name.startswith("arn:"):
        return resource.name
    if kind.resource_type == "AWS::S3::Bucket":
        return f"arn:{resource.partition}:s3:::{resource.name}"
    if kind.tagged_as is None or not kind.sources:
        return None
    service = kind.sources[0].removeprefix("aws.")
    return f"arn:{resource.partition}:{service}:{resource.region}:{resource.account}:{kind.tagged_as}{resource.name}"
