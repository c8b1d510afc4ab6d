"""Someone answers for what an endpoint costs."""

from holdfast.compliance.checks.endpoint_costs import priced
from holdfast.compliance.control import Control, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.cost import ENDPOINT_HARDWARE
from holdfast.compliance.reads.sagemaker import ENDPOINT_TAGS


class Owned(Parameters):
    """`ownerTag` is the key of the tag that names the owner, in capitals or not."""

    owner_tag: str = "owner"


def check(facts: Facts) -> Ruling:
    """Fail unless the tag names someone; an empty value names nobody."""
    wanted = facts.given(Owned).owner_tag
    for tag in facts[ENDPOINT_TAGS].get("TagSet", []):
        if tag["Key"].lower() == wanted.lower() and tag["Value"].strip():
            return None
    return priced(f"no tag {wanted!r} names its owner", facts)


CONTROL = Control(
    id="endpoint_owner",
    kind="sagemaker_endpoint",
    title="the endpoint has an owner",
    severity="low",
    rationale="What nobody answers for is not switched off.",
    advice="Tag the endpoint with the person or team that answers for its cost.",
    references=(),
    events=(),
    reads=(ENDPOINT_TAGS, ENDPOINT_HARDWARE),
    check=check,
    parameters=Owned,
    optional=True,
)
