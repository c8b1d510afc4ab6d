"""What a file of `resources/` exports: the resource types of one service, and how each is installed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.site import Resource, Site

Handler = Callable[[Resource, Site], Installed]


@dataclass(frozen=True, slots=True)
class Service:
    """The resource types of one service; `ignored` gives the reason for each type that a twin leaves out."""

    id: str
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
