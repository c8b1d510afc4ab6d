"""What is on record of a resource, for this domain and for others to read."""

from pydantic import BaseModel, ConfigDict

from holdfast.compliance.verdict import Outcome, Verdict
from holdfast.ledger.contract import Entry, Fold


class ResourceState(BaseModel):
    """What was last said of a resource, and by which entry; `critical` names the critical controls that it fails."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    sequence: int = 0
    outcome: Outcome | None = None
    findings: dict[str, tuple[Verdict, str]] = {}
    critical: tuple[str, ...] = ()


def evolve(state: ResourceState, entry: Entry) -> ResourceState:
    """Fold an entry into what is known of the resource; whoever only reads the state needs no contract."""
    from holdfast.compliance.contract import ResourceJudged

    if entry.kind != ResourceJudged.kind:
        return state
    said = ResourceJudged.of(entry)
    failing = (finding for finding in said.findings if finding.verdict == "fail" and finding.severity == "critical")
    return ResourceState(
        sequence=entry.sequence,
        outcome=said.outcome,
        findings={finding.control: (finding.verdict, finding.reason) for finding in said.findings},
        critical=tuple(sorted(finding.control for finding in failing)),
    )


def is_open(state: ResourceState) -> bool:
    """Tell whether something is said of a resource that must be taken back once it is gone."""
    return state.outcome not in (None, "deleted")


FOLD: Fold[ResourceState] = Fold(ResourceState, 1, evolve, is_open)


def stream_of_bucket(name: str) -> str:
    """Name the stream of what is said of a bucket."""
    return f"compliance#s3_bucket/{name}"
