"""The record a control is, and how it rules."""

from collections.abc import Callable
from dataclasses import dataclass

from holdfast.compliance.contract import Severity
from holdfast.compliance.facts import Facts, Read
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.remedy import Remediation


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The control has nothing to say of this resource, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """The facts are there and do not settle it, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Costly:
    """How the resource breaks the control, and what that costs a month in US dollars, if its price is known."""

    reason: str
    monthly_usd: float | None


Ruling = str | None | NotApplicable | Undecided | Costly


@dataclass(frozen=True, slots=True)
class Control:
    """A rule that every resource of one kind must obey.

    `check` says how the resource breaks it (a sentence of at most 300 characters), or `None` if it does not; `title` is
    what holds when it does not. `references` name each id that it answers, such as "FSBP S3.5", "Config
    s3-bucket-ssl-requests-only", "Prowler s3_bucket_secure_transport_policy", "NIST 800-53 SC-8", "CIS 3.0 2.1.1".
    `events` are the CloudTrail names that make it worth another look, besides those by which its kind changes anyway.
    `optional` controls are on only where the manifest asks for them. `advice` tells a person how to put a failure
    right; `remediation` can do it.
    """

    id: str
    kind: str
    title: str
    severity: Severity
    rationale: str
    advice: str
    references: tuple[str, ...]
    events: tuple[str, ...]
    reads: tuple[Read, ...]
    check: Callable[[Facts], Ruling]
    parameters: type[Parameters] = Parameters
    optional: bool = False
    remediation: Remediation | None = None
