"""What the functions of this domain need to know."""

from pydantic import Field

from holdfast.shared.settings import Settings


class RetrainingSettings(Settings):
    """The account whose runs these are."""

    account: str = Field(pattern=r"^\d{12}$")
