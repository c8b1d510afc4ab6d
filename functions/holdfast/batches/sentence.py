"""The verdict on a batch in one sentence, with what it rests on: n, effect, interval, p and threshold."""

from collections.abc import Mapping, Sequence

from holdfast.batches.verdict import ColumnResult, Level, Test, shown

MOST_NAMED, LONGEST = 3, 360
WORDS: Mapping[Level, str] = {
    Level.NOT_ENOUGH_DATA: "not enough data for",
    Level.UNKNOWN: "not judged:",
    Level.NOTICE: "small changes in",
    Level.DRIFT: "drift in",
    Level.QUARANTINED: "refused for",
}
EFFECTS: Mapping[Test, str] = {
    "ks": "distance",
    "rank_sum": "distance",
    "rank_spread": "distance",
    "chi2": "moved",
    "null_rate": "missing",
    "new_categories": "new",
    "vanished_categories": "vanished",
    "range": "out of range",
    "rank_correlation": "correlation",
}


def reason(
    level: Level, columns: Sequence[ColumnResult], *, tests: int, n: int, score: float | None, reached: float | None
) -> str:
    """Say why a batch has its level; `columns` from the worst to the best, `reached` if the score decided too."""
    counted = [result for result in columns if result.test != "not_judged"]
    if not counted:
        return "no column of the reference can be compared"
    untold = len({result.name for result in columns} - {result.name for result in counted})
    rest = f"; {untold} not judged" if untold else ""
    rows = f"; {n:,} {'row' if n == 1 else 'rows'}"
    start = f"the batch as a whole departs by {score:.3f}, at most {reached:.3f} may be; " if reached else ""
    worst = [result for result in counted if result.level is level] or counted
    said = _named(worst, WORDS[worst[0].level]) if worst[0].level in WORDS else _nothing(worst, tests)
    return f"{start}{said}{rows}{rest}"[:400]


def _nothing(worst: Sequence[ColumnResult], tests: int) -> str:
    columns = len({result.name for result in worst})
    return f"no significant change in {columns} {_of(columns, 'column')} by {tests} {_of(tests, 'test')}"


def _of(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"


def _named(worst: Sequence[ColumnResult], word: str) -> str:
    """Name the worst columns, as many as fit, and count the others."""
    names = list(dict.fromkeys(result.name for result in worst))
    said: list[str] = []
    for name in names[:MOST_NAMED]:
        told = briefly(next(result for result in worst if result.name == name))
        if said and sum(map(len, said)) + len(told) > LONGEST - 80:
            break
        said.append(told)
    more = f" and {len(names) - len(said)} more" if len(names) > len(said) else ""
    return f"{word} {', '.join(said)}{more}"


def briefly(result: ColumnResult) -> str:
    """Name a column with what its test found."""
    if result.test not in EFFECTS or result.level is Level.QUARANTINED:
        return f"{shown(result.name)} ({shown(result.detail, most=100)})"
    if result.p is None or result.lower is None or result.upper is None or result.threshold is None:
        return shown(result.name)
    interval = f"{result.lower:.3f} to {result.upper:.3f}"
    measured = f"{EFFECTS[result.test]} {result.effect:.3f} ({interval}), p {probability(result.p)}"
    return f"{shown(result.name)} ({measured}, threshold {result.threshold:.3f})"


def probability(p: float) -> str:
    """Write a p-value, however small."""
    return f"{p:.2g}" if p else "< 1e-300"
