"""What is told in tables: missing values, correlations, and what the contract and the expectations say. Pure."""

from holdfast.batches.report.document import ColumnShown, PairShown, Report
from holdfast.batches.report.elements import badge, row, section, table
from holdfast.batches.report.markup import name, share, text
from holdfast.batches.report.ranking import OTHER, called
from holdfast.batches.report.svg import moved


def missing(report: Report) -> str:
    """List the columns with missing values, those that changed most first."""
    some = [column for column in report.columns if column.missing and max(column.missing.before, column.missing.now)]
    if not some:
        return ""
    some.sort(key=lambda column: -abs(_change(column)))
    rows = (_missing(column) for column in some)
    headings = (("column", ""), ("before", "n"), ("now", "n"), ("change", ""))
    caption = "Shares of values that are null or not a number. Ring: before; dot: now."
    return section("Missing values", table(headings, rows, caption, cls="small"), id_="missing")


def _change(column: ColumnShown) -> float:
    return 0.0 if column.missing is None else column.missing.now - column.missing.before


def _missing(column: ColumnShown) -> str:
    assert column.missing is not None  # noqa: S101 - only columns that have it come here
    before, now = column.missing.before, column.missing.now
    drawn = moved(before, now, low=0, high=1, title=f"missing {share(before)} before, {share(now)} now")
    return row(name(column.name), ("n", "before", text(share(before))), ("n", "now", text(share(now))), ("", "", drawn))


def correlations(report: Report) -> str:
    """List the pairs of columns whose rank correlation changed most."""
    if not report.correlations:
        return ""
    headings = (("columns", ""), ("before", "n"), ("now", "n"), ("−1 to 1", ""))
    rows = (
        row(
            f"{name(pair.first, most=30)} and {name(pair.second, most=30)}", ("n", "before", f"{pair.before:+.2f}"),
            ("n", "now", f"{pair.now:+.2f}"),
            ("", "", _dumbbell(pair)),
        )
        for pair in report.correlations
    )  # fmt: skip
    caption = "Spearman&rsquo;s rank correlation, the largest changes first. Ring: before; dot: now."
    return section("Correlations", table(headings, rows, caption, cls="small"), id_="correlations")


def _dumbbell(pair: PairShown) -> str:
    title = f"{pair.before:+.2f} before, {pair.now:+.2f} now"
    return moved(pair.before, pair.now, low=-1, high=1, title=title)


def expectations(report: Report) -> str:
    """List what the contract, the expectations and the types say."""
    found = [result for result in report.results if result.test in OTHER]
    if not found:
        return ""
    headings = (("column", ""), ("verdict", ""), ("by", ""), ("what", ""))
    rows = (
        row(
            name(one.name), ("", "", badge(one.level)), ("t", "", called(one.test)),
            ("w", "", text(one.detail)),
        )
        for one in found
    )  # fmt: skip
    return section("Schema and expectations", table(headings, rows, "Judged on the same counts."), id_="schema")
