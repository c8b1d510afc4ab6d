"""An endpoint that nobody calls does not run."""

from datetime import timedelta

from pydantic import Field

from holdfast.compliance.checks.endpoint_costs import is_serverless, priced, variants_of
from holdfast.compliance.checks.metrics import samples, unreadable
from holdfast.compliance.control import Control, NotApplicable, Ruling, Undecided
from holdfast.compliance.facts import Fact, Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.cost import ENDPOINT_HARDWARE, INVOCATIONS, MOST_DAYS
from holdfast.compliance.reads.sagemaker import ENDPOINT

PAID = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack", "UpdateRollbackFailed"})


class Idle(Parameters):
    """`idleDays` is how long an endpoint may run without a call."""

    idle_days: int = Field(default=7, ge=1, le=MOST_DAYS)


def check(facts: Facts) -> Ruling:
    """Fail if it ran all the time and was never called; where CloudWatch has no calls of it, there were none."""
    endpoint, days = facts[ENDPOINT], facts.given(Idle).idle_days
    since = facts.now - timedelta(days=days)
    if why := _beyond(endpoint):
        return NotApplicable(why)
    if endpoint["CreationTime"] > since:
        return NotApplicable(f"it is younger than {days} days")
    if why := unreadable(facts[INVOCATIONS]):
        return Undecided(why)
    if any(value > 0 for _, value in samples(facts[INVOCATIONS], since=since)):
        return None
    if any("ModelName" not in variant for variant in variants_of(facts[ENDPOINT_HARDWARE])):
        return Undecided("its models are inference components: their calls are not counted by variant")
    counts = {variant["VariantName"]: variant.get("CurrentInstanceCount", 0) for variant in variants_of(endpoint)}
    return priced(f"no invocation in {days} days", facts, counts)


def _beyond(endpoint: Fact) -> str | None:
    """Say why there is nothing to save, or `None`."""
    variants = list(variants_of(endpoint))
    if "CreationTime" not in endpoint or endpoint.get("EndpointStatus") not in PAID:
        return f"it does not run: its status is {endpoint.get('EndpointStatus', 'not known')}"
    if variants and all(is_serverless(variant) for variant in variants):
        return "it is serverless: it costs nothing while nobody calls it"
    counts = [variant.get("CurrentInstanceCount", 0) for variant in variants if not is_serverless(variant)]
    return "it is scaled to no instances" if counts and not any(counts) else None


CONTROL = Control(
    id="endpoint_idle",
    kind="sagemaker_endpoint",
    title="the endpoint is called",
    severity="low",
    rationale="An endpoint is paid for by the hour whether anyone calls it or not.",
    advice="Delete the endpoint (its configuration and model stay), or make it serverless or scale it to zero.",
    references=(),
    events=(),
    reads=(ENDPOINT, INVOCATIONS, ENDPOINT_HARDWARE),
    check=check,
    parameters=Idle,
    optional=True,
)
