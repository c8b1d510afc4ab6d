"""The report as one page: no network, no script, nothing that is not in its JSON twin. Pure and deterministic."""

from collections.abc import Callable

from holdfast.batches.report.columns import cards
from holdfast.batches.report.document import Report, Verdict
from holdfast.batches.report.elements import badge
from holdfast.batches.report.frame import framed
from holdfast.batches.report.markup import name, tag, text
from holdfast.batches.report.ranking import explained, ranked
from holdfast.batches.report.samples import briefly, examinations
from holdfast.batches.report.sources import provenance, strip
from holdfast.batches.report.tables import correlations, expectations, missing
from holdfast.batches.verdict import Level

FOOT = (
    "Effects are differences of shares: the largest gap of two distribution functions, the rows that moved among "
    "categories, the change of a missing rate. Bounds hold for all tests of the batch together. "
    "p is corrected for all of them by Holm&rsquo;s method."
)
SECTIONS: tuple[Callable[[Report], str], ...] = (
    ranked, explained, cards, missing, correlations, expectations, examinations, strip, provenance,
)  # fmt: skip


def page(report: Report) -> bytes:
    """Draw the page of a report."""
    said = report.verdict.level.value.replace("_", " ")
    main = tag("main", *(section(report) for section in SECTIONS))
    inside = _header(report) + main + _footer(report)
    return framed(f"{said}: {report.title}", inside, generator=report.provenance.generator)


def _header(report: Report) -> str:
    told = report.verdict
    title = tag("h1", tag("b", "Batch report"), " &nbsp;", name(report.title, most=140))
    verdict = tag(
        "div", tag("p", badge(told.level)), tag("p", text(told.sentence), cls="lead"),
        tag("p", text(told.action), cls="act"), tag("p", _sentence(told.reason), cls="soft"), briefly(report),
        cls=f"verdict {told.level}",
    )  # fmt: skip
    warning = "" if report.warning is None else tag("p", _sentence(report.warning), cls="warning", role="note")
    return tag("header", title, verdict, warning, _facts(report, told))


def _sentence(said: str) -> str:
    return f"{text(said[:1].upper() + said[1:]).rstrip('.')}."


def _facts(report: Report, told: Verdict) -> str:
    arrived = report.provenance.object_time
    drifted = sum(column.level is Level.DRIFT for column in report.columns)
    figures = {
        "rows in the batch": f"{told.n:,}" if told.n or told.tests else None,
        "rows in the reference": None if told.reference_n is None else f"{told.reference_n:,}",
        "columns drifted": f"{drifted} of {len(report.columns) + report.columns_omitted}" if report.columns else None,
        "tests": f"{told.tests:,}" if told.tests else None,
        "dataset score": None if told.score is None else f"{told.score:.3f}",
        "arrived (UTC)": None if arrived is None else f"{arrived:%Y-%m-%d %H:%M}",
    }
    shown = (tag("div", tag("dt", word), tag("dd", said)) for word, said in figures.items() if said is not None)
    return tag("dl", *shown, cls="facts")


def _footer(report: Report) -> str:
    floor = (
        f"Categories and values with fewer than {report.floor} rows in both the reference and the batch are never "
        "named, and ends of axes are round numbers."
    )
    return tag("footer", tag("p", FOOT), tag("p", text(floor)))
