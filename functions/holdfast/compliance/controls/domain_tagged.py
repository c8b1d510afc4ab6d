"""A domain carries tags."""

from holdfast.compliance.checks.tagging import RequiredTags, untagged
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.sagemaker import DOMAIN_TAGS


def check(facts: Facts) -> str | None:
    """Fail without a tag of our own, or without one that is asked for."""
    return untagged(facts, DOMAIN_TAGS)


CONTROL = Control(
    id="domain_tagged",
    kind="sagemaker_domain",
    title="the domain is tagged",
    severity="low",
    rationale="Without tags nobody knows whose it is, what it costs whom, and which rules hold for it.",
    advice="Add the tags with AddTags.",
    references=("Config sagemaker-domain-tagged",),
    events=(),
    reads=(DOMAIN_TAGS,),
    check=check,
    parameters=RequiredTags,
    optional=True,
)
