"""The vocabulary of actions, and careful hands for foreign documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.shared.errors import ContractError
from holdfast.shared.foreign import at, listed, text

__all__ = ["Action", "Document", "action", "at", "dead_letter", "ignore", "listed", "needed", "tail", "text"]

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing an event causes, and why."""

    do: str
    reason: str
    about: Document = field(default_factory=dict)

    def said(self) -> dict[str, Any]:
        """Give the action in the vocabulary's words."""
        return {"do": self.do, **self.about}


def action(do: str, reason: str, **about: Any) -> list[Action]:
    """Give one action."""
    return [Action(do, reason, about)]


def ignore(reason: str, **about: Any) -> list[Action]:
    """Give the action of doing nothing."""
    return action("ignore", reason, **about)


def dead_letter(reason: str, message: str | None = None) -> list[Action]:
    """Keep what is ours and cannot be used, and raise it."""
    return action("dead_letter", reason, **({} if message is None else {"message": message}))


def needed(what: str, *candidates: str | None) -> str:
    """Give the first text there is, or raise `ContractError`: the event is ours and lacks what it is about."""
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise ContractError(f"the event does not name its {what}")


def tail(arn: str | None) -> str | None:
    """Give the name at the end of an ARN."""
    return arn.rpartition("/")[2] or None if arn and "/" in arn else None
