"""What the functions of this domain need to know."""

from pydantic import Field

from holdfast.compliance.contract import Severity
from holdfast.shared.settings import Settings


class ComplianceSettings(Settings):
    """The account and Region whose resources we judge."""

    account: str = Field(pattern=r"^\d{12}$")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    partition: str = Field(default="aws", pattern=r"^aws[a-z-]*$")


class SweeperSettings(ComplianceSettings):
    """Whose resources we list, the judge's queue, and our own."""

    look_queue_url: str = Field(min_length=1)
    sweep_queue_url: str = Field(min_length=1)


class ConfigRuleSettings(ComplianceSettings):
    """Whose resources AWS Config asks about, and the manifest that says what is governed."""

    manifest: str = Field(min_length=1)


class HookSettings(ComplianceSettings):
    """Whose resources are proposed, the manifest that governs them, and from which severity on they are refused.

    What is `unknown` of a proposal is let through and named, unless `refuses_unknown`: the sweep sees the real thing.
    """

    manifest: str = Field(min_length=1)
    fails_from: Severity = "high"
    refuses_unknown: bool = False
