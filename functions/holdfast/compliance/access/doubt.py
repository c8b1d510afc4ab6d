"""Questions of which a part may not be answerable: what is known decides alone wherever it can."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from holdfast.compliance.facts import UnknownFactError
from holdfast.shared.errors import ContractError

Item = TypeVar("Item")
UNSURE = (UnknownFactError, ContractError)


def some(items: Iterable[Item], holds: Callable[[Item], bool]) -> bool:
    """Tell whether it holds for one of them; raises the first doubt if it holds for none of those that are known."""
    doubt: UnknownFactError | ContractError | None = None
    for item in items:
        try:
            if holds(item):
                return True
        except UNSURE as error:
            doubt = doubt or error
    if doubt is not None:
        raise doubt
    return False


def every(items: Iterable[Item], holds: Callable[[Item], bool]) -> bool:
    """Tell whether it holds for all of them; raises the first doubt if it holds for all of those that are known."""
    return not some(items, lambda item: not holds(item))


def any_of(*questions: Callable[[], bool]) -> bool:
    """Tell whether one of the questions is answered by yes."""
    return some(questions, lambda question: question())


def all_of(*questions: Callable[[], bool]) -> bool:
    """Tell whether every question is answered by yes."""
    return every(questions, lambda question: question())


def those(items: Iterable[Item], holds: Callable[[Item], bool]) -> tuple[Item, ...]:
    """Give those for which it surely holds; raises the first doubt if there are none."""
    found: list[Item] = []

    def is_found(item: Item) -> bool:
        if holds(item):
            found.append(item)
        return False

    try:
        some(items, is_found)
    except UNSURE:
        if not found:
            raise
    return tuple(found)


def gathered(*ways: Callable[[], list[str]]) -> list[str]:
    """Gather what several ways say; raises the first doubt only if none of the others says anything."""
    said: list[str] = []

    def says(way: Callable[[], list[str]]) -> bool:
        found = way()
        said.extend(found)
        return bool(found)

    those(ways, says)
    return said
