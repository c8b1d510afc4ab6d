"""A bucket under a name that an AWS service would use is this account's own."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3_names import OWN, service_of


def check(facts: Facts) -> str | None:
    """Fail if anyone could have guessed the name and it is not among the account's own buckets."""
    service = service_of(facts.resource)
    if service is None or facts[OWN].get("IsOwn"):
        return None
    return f"the name is one that {service} would use here, and another account holds it"


CONTROL = Control(
    id="predictable_name",
    kind="s3_bucket",
    title="no stranger holds the bucket under a name that an AWS service would use",
    severity="high",
    rationale="A service that finds its bucket made already writes data and code into it, whoever owns it.",
    advice="Tell the service to use a bucket of your own.",
    references=("Prowler s3_bucket_shadow_resource_vulnerability",),
    events=(),
    reads=(OWN,),
    check=check,
    optional=True,
)
