"""What the planner and the remediator need to know."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from holdfast.compliance.settings import ComplianceSettings

METRIC = "RemediationsFailed"
LAST_ATTEMPT = 5
"""How often the queue brings a message: what fails then is not tried again, so the bucket is put back."""


def _listed(value: Any) -> Any:
    return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value


class RemediationSettings(ComplianceSettings):
    """Where we look, the name of the role that changes buckets, and the buckets that are our own: never touched."""

    remediator_role: str = ""
    own_buckets: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()

    def did(self, principal: str | None) -> bool:
        """Tell whether a principal, as CloudTrail names it, is the role that changes buckets."""
        role = f":assumed-role/{self.remediator_role}/"
        return bool(self.remediator_role) and principal is not None and role in f"{principal}/"
