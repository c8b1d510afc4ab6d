"""No stranger holds a bucket name that an AWS service would use in this account."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3_names import GUESSABLE


def check(facts: Facts) -> str | None:
    """Fail if a guessable name is taken and not by this account; a name that nobody holds yet is no failure."""
    names = facts[GUESSABLE].get("Names", [])
    lost = [f"{one['Name']} ({one['Service']})" for one in names if one["IsTaken"] and not one["IsOwn"]]
    return f"another account holds {', '.join(lost)}: data that the service writes goes there" if lost else None


CONTROL = Control(
    id="shadow_bucket",
    kind="aws_account",
    title="no stranger holds a bucket name that AWS services would use here",
    severity="high",
    rationale="A service that finds its bucket made already writes data and code into it, whoever owns it.",
    advice="Tell the service to use a bucket of your own, and make the other guessable buckets before others do.",
    references=("Prowler s3_bucket_shadow_resource_vulnerability",),
    events=(),
    reads=(GUESSABLE,),
    check=check,
    optional=True,
)
