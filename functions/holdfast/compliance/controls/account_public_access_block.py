"""The account refuses public access to all of its buckets."""

from typing import Any

from pydantic import AliasChoices, Field
from pydantic.alias_generators import to_snake

from holdfast.compliance.access.blocks import SETTINGS, off
from holdfast.compliance.access.standards import NIST_CLOSED
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK


def _enforced(setting: str) -> Any:
    camel = setting[0].lower() + setting[1:]
    return Field(default=True, validation_alias=AliasChoices(setting, camel, to_snake(setting)), alias=setting)


class Enforced(Parameters):
    """Which settings must be on; all four, as AWS Config has it, if nothing is said."""

    block_public_acls: bool = _enforced("BlockPublicAcls")
    ignore_public_acls: bool = _enforced("IgnorePublicAcls")
    block_public_policy: bool = _enforced("BlockPublicPolicy")
    restrict_public_buckets: bool = _enforced("RestrictPublicBuckets")


def check(facts: Facts) -> str | None:
    """Fail unless all settings of the account that must be on are."""
    asked = facts.given(Enforced).model_dump(by_alias=True)
    wanting = [setting for setting in off(facts[ACCOUNT_BLOCK]) if asked[setting]]
    if len(wanting) == len(SETTINGS):
        return "the account has no public access block"
    return f"public access block of the account: {', '.join(wanting)} off" if wanting else None


CONTROL = Control(
    id="account_public_access_block",
    kind="aws_account",
    title="the account's public access block is complete",
    severity="medium",
    rationale="The account's block holds for every bucket, also for those that somebody makes tomorrow.",
    advice="Turn on all four settings of the account's public access block.",
    references=(
        "FSBP S3.1",
        "Config s3-account-level-public-access-blocks-periodic",
        "Config s3-account-level-public-access-blocks",
        "Prowler s3_account_level_public_access_blocks",
        "CIS 5.0 2.1.4",
        "CIS 3.0 2.1.4",
        "CIS 1.4 2.1.5",
        *NIST_CLOSED,
    ),
    events=(
        "PutAccountPublicAccessBlock",
        "DeleteAccountPublicAccessBlock",
        "PutPublicAccessBlock",
        "DeletePublicAccessBlock",
    ),
    reads=(ACCOUNT_BLOCK,),
    check=check,
    parameters=Enforced,
)
