"""What changed and why: columns by their worst test, and what was found out about them. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from holdfast.batches.report.document import Report
from holdfast.batches.report.elements import badge, row, section, table
from holdfast.batches.report.markup import name, probability, tag, text
from holdfast.batches.report.svg import against
from holdfast.batches.verdict import ColumnResult, Level
from holdfast.batches.why.findings import Told

TESTS: dict[str, str] = {
    "ks": "distribution", "chi2": "categories", "null_rate": "missing values", "new_categories": "new categories",
    "vanished_categories": "vanished categories", "rank_correlation": "correlation", "rank_sum": "location",
    "rank_spread": "spread", "not_judged": "not judged",
}  # fmt: skip
OTHER = frozenset({"schema", "expectation", "not_judged"})
ABOUT = {"moved": "What moved", "segment": "Where", "began": "Since when", "trend": "Where it is going"}
MOST_ROWS, MOST_TESTS, MOST_TOLD = 60, 150, 12
RANKED = "Worst first, each column by its worst test. The dashed line is the threshold; the bar is the interval."
HEADINGS = (
    ("column", ""), ("verdict", ""), ("test", ""), ("effect ÷ threshold", ""), ("effect", "n"), ("threshold", "n"),
    ("p", "n"), ("what changed", ""),
)  # fmt: skip


def ranked(report: Report) -> str:
    """Rank the columns that changed by their worst test, and keep every test at hand."""
    tested = [result for result in report.results if result.test not in OTHER]
    if not tested:
        return ""
    changed = [result for result in tested if result.level is not Level.NONE]
    found: dict[str, list[ColumnResult]] = {}
    for result in changed:
        found.setdefault(result.name, []).append(result)
    worst = [results[0] for results in found.values()][:MOST_ROWS]
    also = {name_: results[1:] for name_, results in found.items()}
    inside = _results(worst, RANKED, also) if worst else tag("p", "No test found a change beyond chance.", cls="soft")
    every = _results(tested[:MOST_TESTS], "Every test, the worst first.", {})
    summary = tag("summary", f"The {len(tested) + report.results_omitted:,} tests that are told of")
    left = len(tested) + report.results_omitted - MOST_TESTS
    more = tag("p", f"{left:,} more are left out here.", cls="soft") if left > 0 else ""
    return section("What changed", inside, tag("details", summary, every, more), id_="changed")


def _results(results: Iterable[ColumnResult], caption: str, also: Mapping[str, Sequence[ColumnResult]]) -> str:
    return table(HEADINGS, (_result(result, also.get(result.name, ())) for result in results), caption)


def _result(result: ColumnResult, also: Sequence[ColumnResult]) -> str:
    drawn = ""
    if result.threshold and result.p is not None:
        drawn = against(result.effect, result.lower, result.upper, result.threshold)
    bounds = tag("small", interval(result)) if result.lower is not None else ""
    limit = "" if result.threshold is None else f"{result.threshold:.3g}"
    p = result.p if result.p_adjusted is None else result.p_adjusted
    return row(
        name(result.name), ("", "", badge(result.level)), ("t", "", called(result.test)),
        ("", "", drawn), ("n", "effect", f"{result.effect:.3f} {bounds}" if limit or bounds else ""),
        ("n", "threshold", limit), ("n", "p", text(probability(p)) if p is not None else ""),
        ("w", "", text(result.detail) + _also(also)),
    )  # fmt: skip


def _also(also: Sequence[ColumnResult]) -> str:
    """Name the other tests of a column that found a change."""
    return tag("small", f"also {', '.join(f'{called(one.test)} {one.effect:.3f}' for one in also)}") if also else ""


def called(test: str) -> str:
    """Say what a test is about."""
    return text(TESTS.get(test, test.replace("_", " ")))


def interval(result: ColumnResult) -> str:
    """Write the bounds of an effect."""
    low = 0.0 if result.lower is None else result.lower
    return f"at least {low:.3f}" if result.upper is None else f"{low:.3f} to {result.upper:.3f}"


def explained(report: Report) -> str:
    """Say why the batch changed, column by column, as far as that was found out."""
    if report.explanation is None:
        return ""
    found: dict[str, list[Told]] = {}
    for one in report.explanation.told():
        found.setdefault(one.column, []).append(one)
    if not found:
        return ""
    items = (_told(column, told) for column, told in list(found.items())[:MOST_TOLD])
    left = len(found) - MOST_TOLD
    more = tag("p", f"{left:,} more columns are explained in the JSON twin.", cls="soft") if left > 0 else ""
    return section("Why", tag("ul", *items, cls="told"), more, id_="why")


def _told(column: str, told: Sequence[Told]) -> str:
    lines = (tag("p", tag("span", f"{ABOUT[one.about]}: ", cls="soft"), text(one.text)) for one in told)
    return tag("li", tag("b", name(column)), *lines)
