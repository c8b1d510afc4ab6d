"""How each column looks: its values in the reference and in the batch, what is missing, and its past. Pure."""

from holdfast.batches.report.distribution import spread_of
from holdfast.batches.report.document import Bins, ColumnShown, Report
from holdfast.batches.report.elements import badge, section
from holdfast.batches.report.markup import name, share, tag, text
from holdfast.batches.report.svg import drawing


def cards(report: Report) -> str:
    """Show each column's values in the reference and in the batch, those that changed first."""
    if not report.columns:
        return ""
    shown = [_card(number, column) for number, column in enumerate(report.columns, 1)]
    more = f"{report.columns_omitted:,} more columns, none worse than these, are left out here."
    rest = tag("p", more, cls="soft") if report.columns_omitted else ""
    return section("Columns", _key(), tag("ul", *shown, cls="cards"), rest, id_="columns")


def _key() -> str:
    filled = drawing('<rect width="26" height="11" y="1" class="r"/>', width=26, height=13, title="filled shape")
    lined = drawing('<path d="M1 12V2H25V12" class="b"/>', width=26, height=13, title="line")
    return tag("ul", tag("li", filled, "reference"), tag("li", lined, "this batch"), cls="key")


def _card(number: int, column: ColumnShown) -> str:
    head = tag("header", tag("h3", name(column.name, most=34)), badge(column.level))
    typed = column.type if column.type_now in (None, column.type) else f"{column.type}, now {column.type_now}"
    drawn = spread_of(column.spread, f"Distribution of {column.name[:80]}") if column.spread else ""
    note = tag("p", f"{text(column.note[:1].upper() + column.note[1:])}.", cls="soft") if column.note else ""
    parts = (head, tag("p", text(typed[:60]), cls="type"), drawn, note, _beyond(column), _absent(column), _past(column))
    return tag("li", *parts, cls=f"card {column.level}", id=f"c{number}")


def _beyond(column: ColumnShown) -> str:
    if not isinstance(column.spread, Bins):
        return ""
    ends = (("below", column.spread.lower), ("above", column.spread.higher))
    said = [f"{share(pair[0])} → {share(pair[1])} {word} the range shown" for word, pair in ends if max(pair) >= 0.01]
    said += [
        f"{share(pair[0])} → {share(pair[1])} {word}"
        for word, pair in (("−∞", column.spread.minus_infinity), ("+∞", column.spread.plus_infinity))
        if max(pair) > 0
    ]
    return tag("p", text("; ".join(said)), cls="soft") if said else ""


def _absent(column: ColumnShown) -> str:
    if column.missing is None or not max(column.missing.before, column.missing.now):
        return ""
    return tag("p", text(f"missing {share(column.missing.before)} → {share(column.missing.now)}"), cls="soft")


def _past(column: ColumnShown) -> str:
    known = [(place, ratio) for place, ratio in enumerate(column.history) if ratio is not None]
    if len(known) < 2:
        return ""
    step = 116 / max(1, len(column.history) - 1)
    points = [(2 + place * step, 22 - 20 * ratio / (1 + ratio)) for place, ratio in known]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    line = '<line x1="0" x2="120" y1="12" y2="12" class="t"/>'
    last = tag("circle", cx=points[-1][0], cy=points[-1][1], r=3, cls="d")
    over = sum(ratio >= 1 for _, ratio in known)
    title = f"Effect in {len(known)} batches, {over} times at or over the threshold"
    drawn = drawing(line + tag("path", d=path) + last, width=120, height=24, title=title, cls="spark")
    return tag("p", drawn, f"effect in {len(known)} batches", cls="past")
