"""A column's values in the reference and in the batch, drawn over one another. Pure.

The reference is a filled shape, the batch a line or a solid bar over it: told apart without colour, on paper as well.
"""

from collections.abc import Sequence
from itertools import pairwise

from holdfast.batches.report.axis import DAY, dates, number, round_step, said, steps, ticks, time_step
from holdfast.batches.report.document import Bar, Bars, Bins, Pair
from holdfast.batches.report.markup import cut, share, tag, text
from holdfast.batches.report.svg import drawing

WIDTH, TOP, FLOOR_LINE, HEIGHT = 320.0, 14.0, 104.0, 124.0
SLOT, GAP, EDGE = 13.0, 7.0, 3.0
ROW, LABELS, BAR_END = 25.0, 104.0, 232.0
MOST_ROWS = 6
"""Up to so many values in order are drawn as rows, more of them as columns."""


def spread_of(spread: Bins | Bars, title: str) -> str:
    """Draw a column's values in the reference and in the batch over one another."""
    if isinstance(spread, Bins):
        return _bins(spread, title)
    if spread.ordered_by == "value" and len(spread.bars) > MOST_ROWS:
        return _values(spread.bars, title)
    return _rows(spread.bars, title)


def _bins(bins: Bins, title: str) -> str:
    left = [(word, pair) for word, pair in (("−∞", bins.minus_infinity), ("less", bins.lower)) if max(pair) >= 0.0005]
    right = [(word, pair) for word, pair in (("more", bins.higher), ("∞", bins.plus_infinity)) if max(pair) >= 0.0005]
    first = EDGE + len(left) * (SLOT + GAP) + (4 if left else 0)
    last = WIDTH - EDGE - len(right) * (SLOT + GAP) - (4 if right else 0)
    highest = max([*bins.reference, *bins.batch, *(max(pair) for _, pair in left + right)], default=0) or 1.0
    width = (last - first) / len(bins.reference)
    there = _steps(bins.reference, first, width, highest, closed=True)
    here = _steps(bins.batch, first, width, highest, closed=False)
    parts = [tag("path", d=there, cls="r"), tag("path", d=here, cls="b"), _ruler(highest)]
    parts += [_slot(EDGE + place * (SLOT + GAP), *slot, highest) for place, slot in enumerate(left)]
    parts += [_slot(last + 4 + GAP + place * (SLOT + GAP), *slot, highest) for place, slot in enumerate(right)]
    parts += [_floor(), *_marks(bins, first, last)]
    return drawing("".join(parts), width=WIDTH, height=HEIGHT, title=title, description=_told(bins), cls="spread")


def _steps(shares: Sequence[float], first: float, width: float, highest: float, *, closed: bool) -> str:
    """Give the path along the tops of bins; equal neighbours make one line."""
    heights = [FLOOR_LINE - (FLOOR_LINE - TOP) * value / highest for value in shares]
    path, at = [f"M{first:.1f} {FLOOR_LINE:g}V{heights[0]:.1f}"], first
    for place, (height, after) in enumerate(pairwise([*heights, FLOOR_LINE]), 1):
        at = first + place * width
        if f"{height:.1f}" != f"{after:.1f}" or place == len(heights):
            path.append(f"H{at:.1f}V{after:.1f}")
    return "".join(path) + ("Z" if closed else "")


def _slot(x: float, word: str, pair: Pair, highest: float) -> str:
    """Draw what lies beyond the axis as a bar of its own."""
    return _column(x, SLOT, pair, highest) + _label(x + SLOT / 2, word)


def _column(x: float, width: float, pair: Pair, highest: float) -> str:
    there, here = ((FLOOR_LINE - TOP) * value / highest for value in pair)
    filled = tag("rect", x=x, y=FLOOR_LINE - there, width=width, height=there, cls="r")
    line = f"M{x:.1f} {FLOOR_LINE:g}V{FLOOR_LINE - here:.1f}H{x + width:.1f}V{FLOOR_LINE:g}"
    return filled + tag("path", d=line, cls="b")


def _values(bars: Sequence[Bar], title: str) -> str:
    highest = max(max(bar.reference, bar.batch) for bar in bars) or 1.0
    room = (WIDTH - 2 * EDGE) / len(bars)
    letters = int(room / 6.2)
    every = 1 if all(len(bar.label) <= letters for bar in bars) else 2 if letters >= 2 else 4
    drawn = []
    for place, bar in enumerate(bars):
        x = EDGE + place * room
        drawn.append(_column(x + room * 0.12, room * 0.76, (bar.reference, bar.batch), highest))
        is_ours = bar.holds in ("rare", "rest")
        if place % every == 0 or is_ours:
            drawn.append(
                _label(x + room / 2, bar.label.split()[0] if is_ours else cut(bar.label, max(3, letters * every)))
            )
    told = "; ".join(_pair(bar) for bar in bars)
    return drawing(
        "".join([*drawn, _ruler(highest), _floor()]),
        width=WIDTH,
        height=HEIGHT,
        title=title,
        description=told,
        cls="spread",
    )


def _rows(bars: Sequence[Bar], title: str) -> str:
    highest = max((max(bar.reference, bar.batch) for bar in bars), default=0) or 1.0
    drawn = [_row(bar, 4 + place * ROW, (BAR_END - LABELS) / highest) for place, bar in enumerate(bars)]
    told = "; ".join(_pair(bar) for bar in bars)
    height = 8 + len(bars) * ROW
    return drawing("".join(drawn), width=WIDTH, height=height, title=title, description=told, cls="spread")


def _row(bar: Bar, y: float, scale: float) -> str:
    full = gathered(bar)
    own = None if bar.holds == "label" else "own"
    label = tag("text", tag("title", text(full)), text(cut(full, 17)), x=0, y=y + 13, cls=own)
    there = tag("rect", x=LABELS, y=y + 1, width=max(0.5, bar.reference * scale), height=7, cls="r")
    here = tag("rect", x=LABELS, y=y + 10, width=max(0.5, bar.batch * scale), height=7, cls="s")
    figures = f"{_percent(bar.reference)} → {_percent(bar.batch)} %"
    return label + there + here + tag("text", figures, x=WIDTH, y=y + 13, cls="f")


def gathered(bar: Bar) -> str:
    """Name a bar: its label, or how many it gathers."""
    if bar.holds == "label":
        return bar.label
    if bar.holds == "new":
        return f"new: {bar.label}"
    return f"{bar.labels:,} {bar.label}" if bar.labels else bar.label


def _percent(value: float) -> str:
    percent = 100 * value
    return (
        "0" if not percent else "<0.1" if percent < 0.1 else f"{percent:.0f}" if percent >= 99.95 else f"{percent:.1f}"
    )


def _pair(bar: Bar) -> str:
    return f"{gathered(bar)} {share(bar.reference)} before, {share(bar.batch)} now"


def _ruler(highest: float) -> str:
    """Draw one line at a round share, so that heights can be read."""
    at = round_step(highest / 2.2)
    at = min(at, highest)
    y = FLOOR_LINE - (FLOOR_LINE - TOP) * at / highest
    line = tag("line", x1=0, x2=WIDTH, y1=y, y2=y, cls="g")
    return line + tag("text", f"{100 * at:g} %", x=WIDTH, y=y - 3, cls="q")


def _floor() -> str:
    return tag("line", x1=0, x2=WIDTH, y1=FLOOR_LINE, y2=FLOOR_LINE, cls="a")


def _marks(bins: Bins, first: float, last: float) -> list[str]:
    """Write below the axis, apart enough to be read."""
    low, high = bins.edges[0], bins.edges[-1]
    left, right = (0.0 if first < 2 * EDGE else first - 3), (WIDTH if last > WIDTH - 2 * EDGE else last + 3)
    drawn, free = [], left
    for at, word in axis(bins, low, high):
        half = 3.1 * len(word)
        x = first + (at / 2 - low / 2) / (high / 2 - low / 2) * (last - first)
        x = min(max(x, left + half), right - half) if left <= x <= right else x
        if x - half >= free:
            drawn.append(_label(x, word))
            free = x + half + 6
    return drawn


def axis(bins: Bins, low: float, high: float) -> list[tuple[float, str]]:
    """Give where to write what below the axis of a column's scale."""
    if bins.scale in ("moment", "day"):
        return dates(low, high)
    if bins.scale in ("clock", "duration"):
        marks = steps(low, high, time_step((high - low) / 4))
        return [(at, said(at, bins.scale)) for at in marks if low <= at <= high]
    step = round_step(high / 5 - low / 5)
    return [(at, number(at, step)) for at in ticks(low, high)]


def _label(x: float, word: str) -> str:
    return tag("text", text(word), x=x, y=FLOOR_LINE + 14, cls="m")


def _told(bins: Bins) -> str:
    sides = (("reference", bins.reference, bins.lower[0]), ("batch", bins.batch, bins.lower[1]))
    return "; ".join(f"{word}: {_middle(bins, shares, below)}" for word, shares, below in sides)


def _middle(bins: Bins, shares: Sequence[float], below: float) -> str:
    """Say between which edges the middle eight tenths lie."""
    reached, total = below, below
    low, high = bins.edges[0], bins.edges[-1]
    for edge, value in zip(bins.edges, shares, strict=False):
        low = edge if reached <= 0.1 else low
        reached += value
    for edge, value in zip(bins.edges[1:], shares, strict=True):
        total += value
        if total >= 0.9:
            high = edge
            break
    step = bins.edges[1] - bins.edges[0]
    scale = "day" if bins.scale == "moment" and step >= DAY else bins.scale
    return f"most values between {said(low, scale, step)} and {said(high, scale, step)}"
