"""A model package group is shared with no account that we did not name."""

from holdfast.compliance.checks.shared_with import Trusted, strangers
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker_linked import PACKAGE_GROUP_POLICY


def check(facts: Facts) -> str | None:
    """Fail if its resource policy lets in another account, or everyone."""
    policy = facts[PACKAGE_GROUP_POLICY].get("ResourcePolicy")
    found = [] if not policy else strangers(policy, facts.resource.account, facts.given(Trusted))
    return f"its policy lets in {', '.join(found)}" if found else None


CONTROL = Control(
    id="model_package_group_private",
    kind="sagemaker_model_package_group",
    title="the group is shared with accounts we trust only",
    severity="high",
    rationale="Who may read a registered model can copy it, and who may update it can approve another.",
    advice="Take the account out of the group's resource policy, or name it as trusted.",
    references=(),
    events=(),
    reads=(PACKAGE_GROUP_POLICY,),
    check=check,
    parameters=Trusted,
    optional=True,
)
