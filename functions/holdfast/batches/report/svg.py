"""The small drawings of the report, each an inline SVG with a title and a description. Pure."""

from holdfast.batches.report.markup import tag, text


def drawing(inside: str, *, width: float, height: float, title: str, description: str = "", cls: str = "") -> str:
    """Write an SVG that a screen reader reads as one picture with a name and a description."""
    told = tag("title", text(title)) + (tag("desc", text(description)) if description else "")
    return tag(
        "svg", told, inside, role="img", viewBox=f"0 0 {width:g} {height:g}", cls=cls or None,
        aria_label=f"{title}. {description}" if description else title,
    )  # fmt: skip


def against(effect: float, lower: float | None, upper: float | None, threshold: float) -> str:
    """Draw an effect and its interval against the threshold, which stands in the middle of an endless scale."""
    width, middle = 120.0, 7.0

    def at(value: float) -> float:
        ratio = value / threshold
        return 2 + (width - 4) * ratio / (1 + ratio)

    ends = [at(effect if bound is None else bound) for bound in (lower, upper)]
    line = tag("line", x1=ends[0], x2=ends[1], y1=middle, y2=middle, cls="i")
    mark = tag("line", x1=width / 2, x2=width / 2, y1=0, y2=14, cls="t")
    is_over = effect >= threshold
    dot = tag("circle", cx=at(effect), cy=middle, r=4 if is_over else 3.2, cls="d" if is_over else "o")
    base = tag("line", x1=2, x2=width - 2, y1=middle, y2=middle, cls="g")
    title = f"{effect / threshold:.2g} times the threshold"
    return drawing(base + mark + line + dot, width=width, height=14, title=title, cls="against")


def moved(before: float, now: float, *, low: float, high: float, title: str) -> str:
    """Draw a value before as a ring and now as a dot, on a scale between two ends."""
    width, y = 120.0, 7.0

    def at(value: float) -> float:
        return 5 + (width - 10) * (min(max(value, low), high) - low) / (high - low)

    base = tag("line", x1=2, x2=width - 2, y1=y, y2=y, cls="g")
    zero = tag("line", x1=at(0), x2=at(0), y1=2, y2=12, cls="t") if low < 0 < high else ""
    line = tag("line", x1=at(before), x2=at(now), y1=y, y2=y, cls="i")
    ring = tag("circle", cx=at(before), cy=y, r=3.4, cls="o")
    dot = tag("circle", cx=at(now), cy=y, r=3.8, cls="d")
    return drawing(base + zero + line + ring + dot, width=width, height=14, title=title, cls="against")
