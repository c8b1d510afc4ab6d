"""The vocabulary of actions, and careful hands for foreign documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from holdfast.shared.errors import ContractError

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


def at(document: object, *path: str | int) -> Any:
    """Look up a place in a document of any shape; `None` where there is none."""
    for part in path:
        if isinstance(document, Mapping) and isinstance(part, str):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def text(document: object, *path: str | int) -> str | None:
    """Look up a text that is not empty; a text alone in a list counts as the text."""
    found = at(document, *path)
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    return found if isinstance(found, str) and found else None


def listed(document: object, *path: str | int) -> list[Any]:
    """Look up a list, which is empty where there is none."""
    found = at(document, *path)
    return found if isinstance(found, list) else []


def needed(what: str, *candidates: str | None) -> str:
    """Give the first text there is, or raise `ContractError`: the event is ours and lacks what it is about."""
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise ContractError(f"the event does not name its {what}")


def tail(arn: str | None) -> str | None:
    """Give the name at the end of an ARN."""
    return arn.rpartition("/")[2] or None if arn and "/" in arn else None
