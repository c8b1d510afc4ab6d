"""Named tags are there, with values among those that are known."""

from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Listed, Parameters
from holdfast.compliance.reads.s3 import TAGS


class Tags(Parameters):
    """Up to six keys, and the values that each may have if not any; as AWS Config names and defaults them."""

    tag1_key: str = "CostCenter"
    tag1_value: Listed = ()
    tag2_key: str | None = None
    tag2_value: Listed = ()
    tag3_key: str | None = None
    tag3_value: Listed = ()
    tag4_key: str | None = None
    tag4_value: Listed = ()
    tag5_key: str | None = None
    tag5_value: Listed = ()
    tag6_key: str | None = None
    tag6_value: Listed = ()

    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Give the values that each key may have."""
        pairs = ((getattr(self, f"tag{place}_key"), getattr(self, f"tag{place}_value")) for place in range(1, 7))
        return {key: values for key, values in pairs if key}


def check(facts: Facts) -> str | None:
    """Fail unless each tag asked for is there, with one of the values it may have."""
    found = {tag.get("Key"): tag.get("Value") for tag in facts[TAGS].get("TagSet", [])}
    wrong = [
        f"{key} is {found[key]!r}, expected {' or '.join(values)}" if key in found else f"{key} is missing"
        for key, values in facts.given(Tags).wanted().items()
        if key not in found or (values and found[key] not in values)
    ]
    return f"tags: {'; '.join(wrong)}" if wrong else None


CONTROL = Control(
    id="required_tag_values",
    kind="s3_bucket",
    title="the bucket has its tags, with known values",
    severity="low",
    rationale="A cost centre or class that is misspelt is as good as none.",
    advice="Tag the bucket with the keys that are asked for, and one of the values that each may have.",
    references=("Config required-tags",),
    events=("PutBucketTagging", "DeleteBucketTagging"),
    reads=(TAGS,),
    check=check,
    parameters=Tags,
    optional=True,
)
