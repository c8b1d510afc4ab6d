"""A notebook instance runs on a platform that still gets patches."""

from holdfast.compliance.control import Control, Ruling, Undecided
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.sagemaker import NOTEBOOK


class Platforms(Parameters):
    """The platforms that AWS supports; Security Hub's list is the default."""

    supported_platform_identifier_versions: Listed = ("notebook-al2023-v1",)


def check(facts: Facts) -> Ruling:
    """Fail on any other platform; AWS always names it, so its absence settles nothing."""
    platform, supported = (
        facts[NOTEBOOK].get("PlatformIdentifier"),
        facts.given(Platforms).supported_platform_identifier_versions,
    )
    if not platform:
        return Undecided("its platform is not told")
    return None if platform in supported else f"its platform is {platform}, expected {' or '.join(supported)}"


CONTROL = Control(
    id="notebook_platform_supported",
    kind="sagemaker_notebook_instance",
    title="the platform is supported",
    severity="medium",
    rationale="A platform without support gets no security patches any more.",
    advice="Make a new notebook instance on a supported platform and move the work there.",
    references=("SageMaker.8", "Config sagemaker-notebook-instance-platform-version"),
    events=(),
    reads=(NOTEBOOK,),
    check=check,
    parameters=Platforms,
)
