"""What detectors that work on samples say beside the verdict, each for itself. Pure."""

from holdfast.batches.report.document import Examination, Report
from holdfast.batches.report.elements import badge, row, section, table
from holdfast.batches.report.markup import name, probability, tag, text
from holdfast.batches.verdict import ColumnResult

MOST_ROWS = 12
ABOUT = (
    "Each of these looked at a sample of the rows and speaks for itself; the verdict above rests on every row. What "
    "one of them says counts as evidence beside it. p is corrected as the detector was told to."
)
HEADINGS = (
    ("column", ""), ("verdict", ""), ("test", ""), ("distance", "n"), ("threshold", "n"), ("p", "n"), ("rows", "n"),
)  # fmt: skip


def briefly(report: Report) -> str:
    """Say beside the verdict what others say, and who has not spoken yet."""
    said = (f"{name(one.detector)} {badge(one.level)}" for one in report.examinations)
    told = tag("p", "On samples: ", " &nbsp;".join(said)) if report.examinations else ""
    awaited = f"Not heard yet: {', '.join(map(name, report.awaited))}. Another report follows."
    return told + (tag("p", awaited, cls="soft") if report.awaited else "")


def examinations(report: Report) -> str:
    """Show what each detector found in its sample."""
    if not report.examinations:
        return ""
    each = (_examination(one) for one in report.examinations)
    return section("Detectors on samples", tag("p", ABOUT, cls="soft"), *each, id_="samples")


def _examination(one: Examination) -> str:
    head = tag("h3", name(one.detector), " ", badge(one.level))
    shown = one.columns[:MOST_ROWS]
    left = one.columns_omitted + len(one.columns) - len(shown)
    more = tag("p", f"{left:,} more columns are left out here.", cls="soft") if left else ""
    caption = f"{text(one.detector)}, the worst first."
    results = table(HEADINGS, map(_result, shown), caption) if shown else ""
    reason = f"{one.reason[:1].upper()}{one.reason[1:]}".rstrip(".")
    return head + tag("p", text(f"{reason}.")) + tag("p", text(_facts(one)), cls="soft") + results + more


def _facts(one: Examination) -> str:
    """Say of how many rows it speaks, and all that it was told."""
    sampled = f"A sample of {one.n:,} rows beside one of at most {one.reference_n:,} rows of the reference"
    tests = f"{one.tests:,} {'test' if one.tests == 1 else 'tests'}"
    arguments = ", ".join(f"{key} {value}" for key, value in sorted(one.arguments.items()))
    told = f"; told {arguments}" if arguments else ""
    return f"{sampled if one.n else 'No sample was looked at'}; {tests}{told}."


def _result(result: ColumnResult) -> str:
    is_tested = result.p is not None
    p = result.p if result.p_adjusted is None else result.p_adjusted
    limit = "" if result.threshold is None else f"{result.threshold:.3g}"
    return row(
        name(result.name), ("", "", badge(result.level)), ("w", "", text(result.detail)),
        ("n", "distance", f"{result.effect:.3f}" if is_tested else ""), ("n", "threshold", limit),
        ("n", "p", text(probability(p)) if is_tested else ""), ("n", "rows", f"{result.n:,}"),
    )  # fmt: skip
