"""An explanation tells of each changed column what moved, where and since when, and nothing that is not so."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import Level
from holdfast.batches.why.explained import explain
from holdfast.batches.why.findings import ColumnExplained, Explanation
from holdfast.batches.why.history import Past, past_of

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def drawn(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Draw orders."""
    random = np.random.default_rng(seed)
    return {
        "shop": random.choice(["north", "south", "east"], rows),
        "price": random.normal(100, 10, rows),
        "weight": random.lognormal(0, 1, rows),
    }


KNOWN = Baseline.of(pa.table(drawn(20_000, seed=0)))


def explained(columns: dict[str, object], past: list[Past] | None = None) -> Explanation:
    """Judge a batch and explain it, and add it to the past."""
    counts = Counts.of(KNOWN, pa.table(columns))
    assessment = assess(KNOWN, counts, DriftPolicy())
    known = [] if past is None else past
    said = explain(KNOWN, counts, assessment, past=known)
    time = FIRST + timedelta(days=len(known))
    known.append(past_of(assessment, key=f"b-{len(known)}", object_time=time, lower=said.lower, higher=said.higher))
    return said


def column(said: Explanation, name: str) -> ColumnExplained:
    """Find what is said of one column."""
    return next(one for one in said.columns if one.name == name)


def test_nothing_is_said_of_a_batch_like_the_reference() -> None:
    assert explained(drawn(3_000, seed=1)).columns == ()


def test_a_change_in_one_shop_is_told_with_what_moved_where_and_since_when() -> None:
    past: list[Past] = []
    for seed in range(5):
        explained(drawn(3_000, seed=seed + 2), past)
    for seed in (8, 9):
        batch = drawn(3_000, seed=seed)
        batch["price"] = batch["price"] + 15 * (batch["shop"] == "south")
        said = explained(batch, past)
    found = column(said, "price")
    assert found.level is Level.DRIFT
    assert found.direction.startswith("larger values: the median was 100")
    assert found.moved[0].gain != 0
    assert found.segment is not None
    assert (found.segment.column, found.segment.level) == ("shop", "south")
    assert found.began is not None
    assert (found.began.key, found.began.batches) == ("b-5", 2)
    assert found.trend is None
    assert said.higher == ("price",) or "price" in said.higher
    assert said.batches == 7


def test_values_that_went_missing_are_told_as_such() -> None:
    batch: dict[str, object] = dict(drawn(3_000, seed=10))
    batch["weight"] = pa.array(batch["weight"], mask=np.random.default_rng(11).random(3_000) < 0.3)
    found = column(explained(batch), "weight")
    assert found.direction == "more values are missing"
    assert [(part.label, part.before) for part in found.moved] == [("missing values", 0.0)]
    assert 0.25 < found.moved[0].now < 0.35


def test_a_column_that_is_gone_is_told_in_the_verdicts_words() -> None:
    batch = drawn(3_000, seed=12)
    found = column(explained({name: batch[name] for name in ("shop", "price")}), "weight")
    assert (found.direction, found.moved, found.segment) == ("missing from the batch", (), None)


def test_a_column_that_creeps_up_is_told_of_before_it_drifts() -> None:
    past: list[Past] = []
    for step in range(12):
        batch = drawn(20_000, seed=20 + step)
        batch["price"] = batch["price"] + 0.09 * step
        said = explained(batch, past)
    found = column(said, "price")
    assert found.level in (Level.NONE, Level.NOTICE)
    assert found.trend is not None
    assert found.trend.earliest <= found.trend.batches <= found.trend.latest
    assert "crosses the threshold in about" in found.trend.text


def test_the_worst_column_comes_first_and_the_list_is_bounded() -> None:
    random = np.random.default_rng(30)
    reference = {f"x{number}": random.standard_normal(2_000) for number in range(70)}
    batch = {name: values + 0.5 + 3 * (number == 69) for number, (name, values) in enumerate(reference.items())}
    known = Baseline.of(pa.table(reference))
    counts = Counts.of(known, pa.table(batch))
    said = explain(known, counts, assess(known, counts, DriftPolicy()))
    assert said.columns[0].name == "x69"
    assert (len(said.columns), said.omitted) == (60, 10)


ROWS = 400
RANDOM = np.random.default_rng(40)
ODD = {
    "floats": RANDOM.standard_cauchy(ROWS),
    "one value": np.full(ROWS, 0.003467),
    "infinities": RANDOM.choice([np.inf, -np.inf, 1e308, -1e308, np.nan, 0.0], ROWS),
    "huge integers": RANDOM.integers(-(2**63), 2**63 - 1, ROWS),
    "unsigned": RANDOM.integers(2**63, 2**64 - 1, ROWS, dtype=np.uint64),
    "truths": RANDOM.random(ROWS) < 0.5,
    "words": RANDOM.choice(["a", "\x1b[2J", "", "é" * 300], ROWS),
    "identifiers": [f"id {number}" for number in range(ROWS)],
    "times": pa.array(RANDOM.integers(-(2**62), 2**62, ROWS), pa.timestamp("us")),
    "lengths": pa.array(RANDOM.integers(0, 9, ROWS), pa.duration("ns")),
    "lists": [[1], None] * (ROWS // 2),
    "nothing": pa.nulls(ROWS),
    "only nulls": pa.nulls(ROWS, pa.float64()),
}


@pytest.mark.parametrize("before", ODD)
@pytest.mark.parametrize("now", ODD)
def test_whatever_can_be_judged_can_be_explained(before: str, now: str) -> None:
    known = Baseline.of(pa.table({"x": ODD[before], "c": ODD["truths"]}))
    counts = Counts.of(known, pa.table({"x": ODD[now], "c": ODD["truths"]}))
    assessment = assess(known, counts, DriftPolicy())
    said = explain(known, counts, assessment)
    assert Explanation.model_validate_json(said.model_dump_json()) == said
    changed = {one.name for one in assessment.columns if one.level in (Level.NOTICE, Level.DRIFT)}
    assert {one.name for one in said.columns} == changed
    assert all(one.direction.isprintable() and one.direction for one in said.columns)
