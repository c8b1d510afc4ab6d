"""Markup that foreign text cannot break out of: whatever is not markup of ours goes through `text`."""

import unicodedata
from html import escape

from holdfast.shared.contract import printable

WIDE = frozenset("WF")
ENDING = 8


def tag(name: str, *inside: str, **attributes: str | float | bool | None) -> str:
    """Write an element around markup; attributes are as `text`, `cls` is the class, and an underscore is a hyphen."""
    said = "".join(_attribute(key, value) for key, value in attributes.items() if value not in (None, False))
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def _attribute(key: str, value: str | float | bool | None) -> str:
    named = "class" if key == "cls" else key.rstrip("_").replace("_", "-")
    if isinstance(value, str):
        return f' {named}="{text(value)}"'
    return f" {named}" if value is True else f' {named}="{_said(value)}"'


def _said(value: float | None) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def text(foreign: object) -> str:
    """Write any text so that it is only text: escaped, on one line, with controls and bidi marks shown."""
    return escape(printable(foreign), quote=True)


def name(foreign: str, *, most: int = 48) -> str:
    """Write a foreign name by itself, long ones cut in their middle with the whole in the title.

    They break where people would. What tells long names apart is often at their end.
    """
    foreign = foreign or "''"
    shown, whole = cut(foreign, most), None
    if shown != printable(foreign):
        whole, end = printable(foreign)[:400], printable(foreign)[-ENDING:]
        shown = cut(foreign, most - sum(map(_room, end))) + end
    broken = escape(shown).replace("/", "/<wbr>").replace("_", "_<wbr>").replace(".", ".<wbr>")
    return tag("bdi", broken, title=whole)


def cut(foreign: str, most: int) -> str:
    """Give the beginning of a text, as printable, in as much room as so many letters take."""
    shown, room = printable(foreign), most
    for place, letter in enumerate(shown):
        room -= _room(letter)
        if room < 0:
            return shown[: max(0, place - 1)] + "…"
    return shown


def _room(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in WIDE else 1


def share(value: float) -> str:
    """Write a share in per cent, never a small one as nothing nor a large one as all."""
    percent = 100 * value
    if 0 < percent < 0.01:
        return "<0.01 %"
    if 99.99 < percent < 100:
        return ">99.99 %"
    decimals = 0 if percent in (0, 100) else 2 if percent < 1 or percent > 99 else 1
    return f"{percent:.{decimals}f} %"


def probability(p: float | None) -> str:
    """Write a p-value; one below what a float holds is still no zero."""
    return "–" if p is None else "<1e-300" if p == 0 else f"{p:.2g}"
