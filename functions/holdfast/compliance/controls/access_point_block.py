"""An access point refuses public access."""

from holdfast.compliance.access.blocks import off
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3_access_points import ACCESS_POINT
from holdfast.compliance.standards import nist


class Excluded(Parameters):
    """The access points that may be public."""

    excluded_access_points: Listed = ()


def check(facts: Facts) -> Ruling:
    """Fail unless all four settings are on, whatever the bucket's own are."""
    if facts.resource.name in facts.given(Excluded).excluded_access_points:
        return NotApplicable("excludedAccessPoints lets this one be public")
    open_to = off(facts[ACCESS_POINT])
    return f"public access block: {', '.join(open_to)} off" if open_to else None


CONTROL = Control(
    id="access_point_block",
    kind="s3_access_point",
    title="the public access block is complete",
    severity="critical",
    rationale="An access point has a policy of its own, which can open the bucket behind it.",
    advice="Make the access point anew with all four settings on: they cannot be changed later.",
    references=(
        "FSBP S3.19",
        "Config s3-access-point-public-access-blocks",
        "Prowler s3_access_point_public_access_block",
        *nist("AC-3 AC-3(7) AC-4 AC-4(21) AC-6 AC-21 SC-7 SC-7(3) SC-7(4) SC-7(9) SC-7(11) SC-7(16) SC-7(20) SC-7(21)"),
    ),
    events=("CreateAccessPoint",),
    reads=(ACCESS_POINT,),
    check=check,
    parameters=Excluded,
)
