"""Where the batch stands among those before it, and where every figure comes from: the end of the report. Pure."""

from collections.abc import Sequence
from datetime import datetime

from holdfast.batches.report.document import BatchBefore, ObjectShown, Report
from holdfast.batches.report.elements import badge, row, section, table
from holdfast.batches.report.markup import name, tag, text
from holdfast.batches.report.svg import drawing
from holdfast.batches.verdict import Level

WIDTH, FLOOR_LINE, TOP, FEWEST = 640.0, 84.0, 14.0, 12
MIDDLE = (FLOOR_LINE + TOP) / 2
BARRED = frozenset({Level.NONE, Level.NOTICE, Level.DRIFT})
SIGNS = {Level.QUARANTINED: "✕", Level.UNKNOWN: "?", Level.NOT_ENOUGH_DATA: "…"}
KEY = (
    "Height: largest effect against its threshold (dashed). Solid: drift; hatched: notice; hollow: no change; "
    "✕ refused; ? not judged."
)
HATCH = (
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V5"/></pattern></defs>'
)


def strip(report: Report) -> str:
    """Show how far beyond its threshold each batch's largest effect was, up to this one."""
    batches = report.history
    if len(batches) < 2:
        return ""
    span = f"From {_when(batches[0])} to {_when(batches[-1])}, this batch, outlined."
    listed = tag("details", tag("summary", f"The {len(batches)} batches as a table"), _listed(batches))
    return section("History", strip_of(batches), tag("p", span, cls="soft"), listed, id_="history")


def strip_of(batches: Sequence[BatchBefore]) -> str:
    """Draw a bar for each batch, and say how to read them."""
    step = WIDTH / max(len(batches), FEWEST)
    last = len(batches) - 1
    parts = [_batch(batch, place * step, step, is_last=place == last) for place, batch in enumerate(batches)]
    lines = "".join(
        tag("line", x1=0, x2=step * len(batches), y1=y, y2=y, cls=cls) for y, cls in ((MIDDLE, "t"), (FLOOR_LINE, "a"))
    )
    drifted = sum(batch.level is Level.DRIFT for batch in batches)
    title = f"Largest effect of {len(batches)} batches, {drifted} of them drifted"
    drawn = drawing(HATCH + lines + "".join(parts), width=WIDTH, height=FLOOR_LINE + 8, title=title, cls="strip")
    return tag("p", KEY, cls="soft") + drawn


def _batch(batch: BatchBefore, x: float, step: float, *, is_last: bool) -> str:
    width = max(2.0, min(26.0, step * 0.62))
    at = x + (step - width) / 2
    told = tag("title", text(f"{_when(batch)} {batch.level.value.replace('_', ' ')} {batch.key[-80:]}"))
    if batch.level not in BARRED:
        return tag("text", told, SIGNS[batch.level], x=x + step / 2, y=FLOOR_LINE - 5, cls="m")
    ratio = batch.most or 0.0
    height = max(3.0, (FLOOR_LINE - TOP) * ratio / (1 + ratio))
    kind = f"{batch.level}{' now' if is_last else ''}"
    return tag("rect", told, x=at, y=FLOOR_LINE - height, width=width, height=height, cls=kind)


def _when(batch: BatchBefore) -> str:
    return "" if batch.object_time is None else f"{batch.object_time:%Y-%m-%d %H:%M}"


def _listed(batches: Sequence[BatchBefore]) -> str:
    headings = (
        ("batch", ""),
        ("arrived", ""),
        ("verdict", ""),
        ("rows", "n"),
        ("effect ÷ threshold", "n"),
        ("score", "n"),
    )
    rows = (
        row(
            name(batch.key[-80:]), ("", "", text(_when(batch))), ("", "", badge(batch.level)),
            ("n", "rows", f"{batch.n:,}"),
            ("n", "effect ÷ threshold", "" if batch.most is None else f"{batch.most:.2f}"),
            ("n", "score", "" if batch.score is None else f"{batch.score:.3f}"),
        )
        for batch in reversed(batches)
    )  # fmt: skip
    return table(headings, rows, "Latest first.")


def provenance(report: Report) -> str:
    """Say what was read, held against what, by whom and when."""
    known = report.provenance
    facts = {
        "model": name(known.model, most=100) if known.model else None,
        "judged (UTC)": _moment(known.judged_at), "arrived (UTC)": _moment(known.object_time),
        "decision": _code(known.decision), "detector": text(known.detector),
        "baseline (SHA-256)": _code(known.baseline),
        "baseline file": name(known.baseline_place, most=120) if known.baseline_place else None,
        "manifest (SHA-256)": _code(known.manifest), "season": text(known.season) if known.season else None,
        "contract": None if known.contract_version is None else f"version {known.contract_version}",
        "drawn by": text(known.generator),
    }  # fmt: skip
    shown = "".join(tag("dt", word) + tag("dd", said) for word, said in facts.items() if said)
    objects = table(_HEADINGS, (_object(one) for one in known.objects), "What was read, exactly as it was.")
    more = tag("p", f"{known.objects_omitted:,} more objects.", cls="soft") if known.objects_omitted else ""
    return section("Provenance", objects if known.objects else "", more, tag("dl", shown, cls="from"), id_="provenance")


_HEADINGS = (("object", ""), ("version", ""), ("ETag", ""), ("bytes", "n"), ("SHA-256", ""))


def _object(one: ObjectShown) -> str:
    return row(
        name(one.place, most=120), ("", "version", _code(one.version_id) or ""), ("", "ETag", _code(one.etag) or ""),
        ("n", "bytes", "" if one.size is None else f"{one.size:,}"), ("", "SHA-256", _code(one.sha256) or ""),
    )  # fmt: skip


def _code(said: str | None) -> str | None:
    return tag("code", text(said[:200])) if said else None


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
