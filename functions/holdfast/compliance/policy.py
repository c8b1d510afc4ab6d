"""What the manifest says of compliance: what is watched, which controls hold, what is waived, what may be changed."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from functools import cache
from pkgutil import iter_modules
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from holdfast.compliance import controls, kinds

CLASS = r"^[a-z][a-z0-9_-]{0,62}$"
Mode = Literal["off", "plan", "approve", "auto"]
DEFAULT = "default"


class Policy(BaseModel):
    """A part of the manifest: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


@cache
def _ids(plug_ins: Literal["controls", "kinds"]) -> tuple[str, ...]:
    package = controls if plug_ins == "controls" else kinds
    return tuple(sorted(module.name for module in iter_modules(package.__path__)))


def _control(name: str) -> str:
    if name not in _ids("controls"):
        raise ValueError(f"no such control, expected one of {', '.join(_ids('controls'))}")
    return name


def _kind(glob: str) -> str:
    if not any(fnmatchcase(name, glob) for name in _ids("kinds")):
        raise ValueError(f"no such kind of resource, expected a glob over {', '.join(_ids('kinds'))}")
    return glob


def _modes(value: Any) -> Any:
    return {DEFAULT: value} if isinstance(value, str) else value


def _switched(modes: dict[str, Mode]) -> dict[str, Mode]:
    for name in modes.keys() - {DEFAULT}:
        _control(name)
    return modes


ControlId = Annotated[str, AfterValidator(_control)]
Glob = Annotated[str, Field(min_length=1, max_length=256)]
Class = Annotated[str, Field(pattern=CLASS)]
Modes = Annotated[dict[str, Mode], BeforeValidator(_modes), AfterValidator(_switched)]


class Scope(Policy):
    """Resources that compliance watches: kinds, names and exceptions by glob, tags that they bear, and their class."""

    kind: Annotated[str, AfterValidator(_kind)]
    match: Glob = "*"
    excluded: tuple[Glob, ...] = Field(default=(), alias="except")
    tags: dict[str, Glob] = {}
    class_: Class | None = Field(default=None, alias="class")

    def covers(self, kind: str, name: str) -> bool:
        """Tell whether a resource is watched as far as its name says."""
        return (
            fnmatchcase(kind, self.kind)
            and fnmatchcase(name, self.match)
            and not any(fnmatchcase(name, glob) for glob in self.excluded)
        )

    def bears(self, tags: Mapping[str, str] | None) -> bool:
        """Tell whether a resource bears the tags asked for; one whose tags cannot be read is watched."""
        return tags is None or all(key in tags and fnmatchcase(tags[key], glob) for key, glob in self.tags.items())


class ControlRule(Policy):
    """A control switched on or off, or given parameters, for some resources; a later rule wins over an earlier one."""

    control: ControlId
    resource: Glob = "*"
    class_: Class | None = Field(default=None, alias="class")
    enabled: bool = True
    parameters: dict[str, Any] = {}

    def concerns(self, name: str, class_: str | None) -> bool:
        """Tell whether the rule is about a resource."""
        return fnmatchcase(name, self.resource) and (self.class_ is None or self.class_ == class_)


class Waiver(Policy):
    """A dated, owned permission to fail a control, valid through the last day (UTC) of it."""

    control: ControlId
    resource: Glob
    owner: str = Field(min_length=1, max_length=128)
    reason: str = Field(min_length=1, max_length=256)
    expires: date
    ticket: str | None = Field(default=None, min_length=1, max_length=128)

    @property
    def id(self) -> str:
        """Give the name it goes by."""
        return f"{self.control}:{self.resource}"

    @property
    def ends(self) -> datetime:
        """Give the first moment at which it waives nothing any more."""
        return datetime.combine(self.expires, time(), UTC) + timedelta(days=1)

    def permits(self, control: str, name: str, *, now: datetime) -> bool:
        """Tell whether a resource may fail a control now."""
        return control == self.control and now < self.ends and fnmatchcase(name, self.resource)

    def told(self) -> str:
        """Say who allowed it, and for how long."""
        ticket = f", {self.ticket}" if self.ticket else ""
        return f"waived by {self.owner} through {self.expires.isoformat()}{ticket} ({self.reason})"


def each_waiver_once(waivers: tuple[Waiver, ...]) -> tuple[Waiver, ...]:
    """Refuse two waivers of one control for one name."""
    counts = Counter(waiver.id for waiver in waivers)
    if doubled := sorted(name for name, count in counts.items() if count > 1):
        raise ValueError(f"expected one waiver for a control and resource, found two: {', '.join(doubled)}")
    return waivers
