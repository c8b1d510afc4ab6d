"""What differs from stage to stage: read from infra/stages.yaml, typed in between."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from holdfast.compliance.contract import Severity
from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError
from holdfast.shared.positioned_yaml import load_positioned

STAGES = Path(__file__).with_name("stages.yaml")
ARN = r"^arn:aws[a-z-]*:"
RETENTIONS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


def _retention(days: int) -> int:
    if days not in RETENTIONS:
        raise ValueError(f"CloudWatch keeps logs for one of {', '.join(map(str, RETENTIONS))} days")
    return days


class ExistingTable(BaseModel):
    """A ledger that is there already, to be adopted instead of made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-zA-Z0-9_.-]{3,255}$")
    stream_arn: str = Field(pattern=ARN + r"dynamodb:[a-z0-9-]+:\d{12}:table/.+/stream/.+$")
    key_arn: str | None = Field(default=None, pattern=ARN + r"kms:[a-z0-9-]+:\d{12}:key/.+$")


class Stage(BaseModel):
    """One deployment of the whole app; several fit in one account."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9]{0,15}$")
    account: str | None = Field(default=None, pattern=r"^\d{12}$")
    region: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    qualifier: str | None = Field(default=None, pattern=r"^[a-z0-9]{1,10}$")
    permissions_boundary: str | None = Field(default=None, pattern=ARN + r"iam::(\d{12}|aws):policy/.+$")
    role_path: str = Field(default="/", pattern=r"^/([!-~]+/)?$", max_length=512)
    role_prefix: str = Field(default="", pattern=r"^[a-zA-Z0-9+=,.@_-]{0,20}$")
    tags: dict[str, str] = {}
    alarm_topic: str | None = Field(default=None, pattern=ARN + r"sns:[a-z0-9-]+:\d{12}:.+$")
    log_retention_days: Annotated[int, AfterValidator(_retention)] = 90
    removal_policy: Literal["retain", "destroy"] = "retain"
    report_lock: Literal["governance", "compliance"] = "governance"
    report_retention_days: int = Field(default=365, ge=1, le=36_500)
    ledger_table: ExistingTable | None = None
    security_hub: bool = False
    config_rules: bool = False
    hook: Literal["off", "warn", "fail"] = "off"
    hook_fails_from: Severity = "high"

    @property
    def namespace(self) -> str:
        """Name where its metrics are kept, apart from those of other stages in the account."""
        return f"Holdfast/{self.name}"

    @classmethod
    def load(cls, name: str, path: Path = STAGES) -> Self:
        """Read one stage of the file; raises `ConfigurationError` with file, line and what was expected."""
        data, lines = load_positioned(path.read_bytes(), path)
        stages = data if isinstance(data, dict) else {}
        if name not in stages:
            raise ConfigurationError(f"{path}:1: no stage {name!r}, expected one of {', '.join(map(str, stages))}")
        try:
            return cls.model_validate({"name": name, **(stages[name] or {})})
        except ValidationError as error:
            raise ConfigurationError(f"{path}:{lines.get((name,), 1)}: stage {name}: {explained(error)}") from error
