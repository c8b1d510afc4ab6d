"""Objects in fast storage do not stay for ever by accident."""

from typing import Annotated

from pydantic import Field

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import DIRECTORY_LIFECYCLE


class Ends(Parameters):
    """After how many days objects must end, if that matters."""

    target_expiration_days: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None


def check(facts: Facts) -> str | None:
    """Fail unless a rule is enabled, and one ends objects when it was asked for."""
    rules, days = facts[DIRECTORY_LIFECYCLE].get("Rules", []), facts.given(Ends).target_expiration_days
    enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
    if not enabled:
        return "no lifecycle rule is enabled" if rules else "there is no lifecycle rule"
    if days is None or any(rule.get("Expiration", {}).get("Days") == days for rule in enabled):
        return None
    return f"no enabled lifecycle rule expires objects after {days} days"


CONTROL = Control(
    id="directory_bucket_lifecycle",
    kind="s3_directory_bucket",
    title="a lifecycle rule is enabled",
    severity="low",
    rationale="Storage of one zone is dear and meant for what is used now.",
    advice="Add a lifecycle rule that expires objects and aborts unfinished uploads.",
    references=("FSBP S3.25", "Config s3express-dir-bucket-lifecycle-rules-check"),
    events=("PutBucketLifecycleConfiguration", "DeleteBucketLifecycle"),
    reads=(DIRECTORY_LIFECYCLE,),
    check=check,
    parameters=Ends,
)
