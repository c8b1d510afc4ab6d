"""What the functions of this domain need to know."""

from pydantic import Field

from holdfast.shared.settings import Settings


class ComplianceSettings(Settings):
    """The account whose buckets we judge."""

    account: str = Field(pattern=r"^\d{12}$")
