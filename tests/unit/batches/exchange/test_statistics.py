"""What Model Monitor says of data becomes a baseline, and a baseline or a batch says it back, within the error told."""

import json
import math
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.decision import assess
from holdfast.batches.exchange.constraints import constraints, suggested
from holdfast.batches.exchange.statistics import Read, Written, baseline_of, of_baseline, of_counts
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.categories import Categories
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.statistics import ks_distance
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.verdict import Level
from holdfast.shared.errors import ContractError

DRAW = np.random.default_rng(11)
TABLE = pa.table(
    {
        "normal": DRAW.normal(5, 2, 20_000),
        "count": DRAW.poisson(3, 20_000),
        "word": DRAW.choice(["a", "b", "ü"], 20_000),
        "flag": DRAW.random(20_000) < 0.3,
        "holed": pa.array(DRAW.normal(size=20_000), mask=DRAW.random(20_000) < 0.1),
    }
)
BASELINE = Baseline.of(TABLE)
AWS = {
    "version": 0.0,
    "dataset": {"item_count": 8},
    "features": [
        {
            "name": "amount",
            "inferred_type": "Fractional",
            "numerical_statistics": {
                "common": {"num_present": 7, "num_missing": 1},
                "mean": 3.0,
                "sum": 21.0,
                "std_dev": 2.0,
                "min": 0.0,
                "max": 6.0,
                "distribution": {
                    "kll": {
                        "buckets": [
                            {"lower_bound": 0.0, "upper_bound": 3.0, "count": 3.0},
                            {"lower_bound": 3.0, "upper_bound": 6.0, "count": 4.0},
                        ],
                        "sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[0.0, 2.0, 6.0], [1.0, 4.0]]},
                    }
                },
            },
        },
        {
            "name": "kind",
            "inferred_type": "String",
            "string_statistics": {
                "common": {"num_present": 8, "num_missing": 0},
                "distinct_count": 2.0,
                "distribution": {"categorical": {"buckets": [{"value": "x", "count": 6}, {"value": "y", "count": 2}]}},
            },
        },
    ],
}


def read_back(written: Written) -> Read:
    """Write and read."""
    return baseline_of(written.text().encode())


def distance(one: Distribution, other: Distribution, *, at_knots_of: Distribution) -> float:
    """Give the largest difference of two distribution functions at the knots of one of them."""
    knots = at_knots_of.knots.astype(float)

    def share(of: Distribution) -> Any:
        places = np.searchsorted(of.knots.astype(float), knots, side="right")
        return np.concatenate([[0], of.at_most])[places] / of.n

    return float(np.abs(share(one) - share(other)).max())


def test_what_is_written_has_the_shape_that_aws_documents() -> None:
    written = of_baseline(BASELINE).document
    assert (written["version"], written["dataset"]) == (0.0, {"item_count": 20_000})
    features = {feature["name"]: feature for feature in written["features"]}
    assert {name: feature["inferred_type"] for name, feature in features.items()} == {
        "normal": "Fractional", "count": "Integral", "word": "String", "flag": "Integral", "holed": "Fractional",
    }  # fmt: skip
    number, text = features["normal"]["numerical_statistics"], features["word"]["string_statistics"]
    assert set(number) == {"common", "mean", "sum", "std_dev", "min", "max", "distribution"}
    assert set(number["distribution"]["kll"]) == {"buckets", "sketch"}
    assert len(number["distribution"]["kll"]["buckets"]) == 10
    assert set(number["distribution"]["kll"]["buckets"][0]) == {"lower_bound", "upper_bound", "count"}
    assert set(number["distribution"]["kll"]["sketch"]["parameters"]) == {"c", "k"}
    levels = number["distribution"]["kll"]["sketch"]["data"]
    assert sum(len(level) << weight for weight, level in enumerate(levels)) == 20_000
    assert set(text) == {"common", "distinct_count", "distribution"}
    assert sum(bucket["count"] for bucket in text["distribution"]["categorical"]["buckets"]) == 20_000
    assert features["holed"]["numerical_statistics"]["common"]["num_missing"] == BASELINE.columns["holed"].nulls
    assert json.loads(of_baseline(BASELINE).text()) == written


def test_numbers_are_those_of_numpy() -> None:
    written = of_baseline(BASELINE).document
    number = next(one for one in written["features"] if one["name"] == "normal")["numerical_statistics"]
    values = TABLE["normal"].to_numpy()
    assert number["mean"] == pytest.approx(values.mean(), rel=1e-9)
    assert number["std_dev"] == pytest.approx(values.std(), rel=1e-9)
    assert (number["min"], number["max"]) == (values.min(), values.max())
    counts, _ = np.histogram(values, bins=10)
    assert [bucket["count"] for bucket in number["distribution"]["kll"]["buckets"]] == pytest.approx(counts, abs=20)


def test_a_baseline_comes_back_within_the_error_told() -> None:
    written = of_baseline(BASELINE)
    back = read_back(written)
    assert (written.left, back.left) == ((), ())
    for name, column in BASELINE.columns.items():
        found = back.baseline.columns[name]
        assert (found.n, found.nulls, found.kind) == (column.n, column.nulls, column.kind)
        if isinstance(column.values, Categories):
            assert isinstance(found.values, Categories)
            assert (found.values.labels, found.values.counts.tolist()) == (
                column.values.labels, column.values.counts.tolist(),
            )  # fmt: skip
        else:
            assert isinstance(column.values, Distribution)
            assert isinstance(found.values, Distribution)
            off = distance(column.values, found.values, at_knots_of=column.values)
            assert off <= written.errors[name] + 1e-12
            assert written.errors[name] < 0.003
            assert found.moments is not None
            assert column.moments is not None
            assert found.moments.mean == pytest.approx(column.moments.mean, rel=1e-9)
            assert found.moments.deviation == pytest.approx(column.moments.deviation, rel=1e-9)
    assert (written.errors["count"], written.errors["flag"]) == (0.0, 0.0)


def test_what_came_back_judges_as_the_original_does() -> None:
    back = read_back(of_baseline(BASELINE)).baseline
    same = pa.table({name: column.take(pa.array(np.arange(0, 20_000, 7))) for name, column in zip(
        TABLE.column_names, TABLE.columns, strict=True)})  # fmt: skip
    moved = same.set_column(0, "normal", pa.array(same["normal"].to_numpy() + 1))
    for table, level in ((same, Level.NONE), (moved, Level.DRIFT)):
        assert assess(back, Counts.of(back, table), DriftPolicy()).level is level
    assert Baseline.from_bytes(back.to_bytes()).rows == 20_000, "it can be stored"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=300))
def test_few_distinct_values_come_back_exactly(values: list[int]) -> None:
    written = of_baseline(Baseline.of(pa.table({"x": values})))
    back = read_back(written)
    found = back.baseline.columns["x"].values
    assert isinstance(found, Distribution)
    distinct, counts = np.unique(values, return_counts=True)
    assert found.knots.tolist() == distinct.tolist()
    assert np.diff(found.at_most, prepend=0).tolist() == counts.tolist()
    assert written.errors["x"] == 0


def test_the_counts_of_a_batch_are_written_with_its_own_ends_and_new_words() -> None:
    batch = pa.table({"normal": [-100.0, 5.0, 5.5, 200.0], "word": ["a", "new", "new", None], "other": [1, 2, 3, 4]})
    written = of_counts(Counts.of(BASELINE, batch), BASELINE)
    assert [(left.what, left.reason[:32]) for left in written.left] == [("other", "the reference does not have it, ")]
    back = read_back(written).baseline
    assert back.rows == 4
    values = back.columns["normal"].values
    assert isinstance(values, Distribution)
    assert (values.knots[0], values.knots[-1], values.n) == (-100.0, 200.0, 4)
    words = back.columns["word"].values
    assert isinstance(words, Categories)
    assert words.labels is not None
    assert dict(zip(words.labels, words.counts.tolist(), strict=True)) == {"a": 1, "new": 2}


def test_a_sketch_of_levels_is_weighed() -> None:
    found = baseline_of(json.dumps(AWS).encode())
    amount = found.baseline.columns["amount"]
    assert isinstance(amount.values, Distribution)
    assert amount.values.knots.tolist() == [0, 1, 2, 4, 6]
    assert amount.values.at_most.tolist() == [1, 3, 4, 6, 7]
    assert amount.moments is not None
    assert (amount.moments.mean, amount.moments.deviation) == (pytest.approx(3), pytest.approx(2))


def sketched(values: list[float], k: int, draw: random.Random) -> list[list[float]]:
    """Sketch values as KLL does: a full level is sorted, and every other value goes up one level."""
    levels: list[list[float]] = [[]]

    def room(level: int) -> int:
        return max(2, math.ceil(k * 0.64 ** (len(levels) - level - 1)) + 1)

    for value in values:
        levels[0].append(value)
        full = next((at for at in range(len(levels)) if len(levels[at]) >= room(at)), None)
        if full is not None:
            kept = sorted(levels[full])
            levels[full] = [kept.pop()] if len(kept) % 2 else []
            levels += [[]] if full + 1 == len(levels) else []
            levels[full + 1] += kept[draw.getrandbits(1) :: 2]
    return levels


@pytest.mark.parametrize("seed", range(5))
def test_a_sketch_as_kll_draws_it_is_read_within_its_error(seed: int) -> None:
    values = np.random.default_rng(seed).gamma(2, size=20_000).round(seed + 1)
    said = json.loads(json.dumps(AWS))
    said["dataset"]["item_count"] = len(values)
    number = said["features"][0]["numerical_statistics"]
    levels = sketched(values.tolist(), 256, random.Random(seed))
    sketch = {"parameters": {"c": 0.64, "k": 256.0}, "data": levels}
    number |= {
        "common": {"num_present": len(values), "num_missing": 0},
        "mean": values.mean(), "std_dev": values.std(), "min": values.min(), "max": values.max(),
        "distribution": {"kll": {"buckets": [], "sketch": sketch}},
    }  # fmt: skip
    found = baseline_of(json.dumps(said).encode())
    read = found.baseline.columns["amount"].values
    assert isinstance(read, Distribution)
    exact = np.searchsorted(np.sort(values), read.knots.astype(float), side="right") / len(values)
    assert np.abs(read.at_most / read.n - exact).max() <= found.errors["amount"] < 0.014


def test_a_sketch_that_dropped_values_has_the_error_of_its_size() -> None:
    """A sketch says no more than its size: 99 in 100 ranks are off by 0.18 % at most, as DataSketches states."""
    assert baseline_of(json.dumps(AWS).encode()).errors["amount"] == pytest.approx(0.00184, abs=1e-5)
    whole = damaged([[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], *NUMBER, "distribution", "kll", "sketch", "data")
    assert baseline_of(whole).errors["amount"] == 0


def test_without_a_sketch_the_buckets_are_taken_with_their_error() -> None:
    said = json.loads(json.dumps(AWS))
    del said["features"][0]["numerical_statistics"]["distribution"]["kll"]["sketch"]
    found = baseline_of(json.dumps(said).encode())
    values = found.baseline.columns["amount"].values
    assert isinstance(values, Distribution)
    assert found.errors["amount"] == pytest.approx(4 / 7)
    assert values.n == 7
    assert ks_distance(values.below, values.at_most, 7, values.below, values.at_most, 7) == 0


def damaged(change: Any, *path: Any) -> bytes:
    """Put something else in a place of the file."""
    said = json.loads(json.dumps(AWS))
    node = said
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = change
    return json.dumps(said).encode()


NUMBER = ("features", 0, "numerical_statistics")


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (5, (*NUMBER, "common", "num_present"), "do not make 8 rows"),
        ("7", (*NUMBER, "common", "num_present"), "do not make 8 rows"),
        ("NaN", (*NUMBER, "mean"), "mean must be a number"),
        (99.0, (*NUMBER, "mean"), "none of values from 0 to 6"),
        (-1.0, (*NUMBER, "std_dev"), "none of values from 0 to 6"),
        (9.0, (*NUMBER, "min"), "min 9 is above max 6"),
        ([[1.0]], (*NUMBER, "distribution", "kll", "sketch", "data"), "weighs 1 for 7 values"),
        ([[]] * 61, (*NUMBER, "distribution", "kll", "sketch", "data"), "at most 60 lists"),
        ([["x"]], (*NUMBER, "distribution", "kll", "sketch", "data"), "a value of the sketch must be a number"),
        ({}, (*NUMBER, "distribution"), "neither a sketch nor buckets"),
        (None, NUMBER, "do not make 8 rows"),
        ("Unknown", ("features", 0, "inferred_type"), "says nothing of its values"),
        (
            7,
            ("features", 1, "string_statistics", "distribution", "categorical", "buckets", 0, "count"),
            "9 of 8 values",
        ),
        ([], ("features", 1, "string_statistics", "distribution", "categorical", "buckets"), "0 of 8 values"),
    ],
)
def test_a_feature_that_does_not_add_up_is_left_out_and_listed(change: Any, path: tuple[Any, ...], reason: str) -> None:
    found = baseline_of(damaged(change, *path))
    assert len(found.baseline.columns) == 1
    assert [reason in left.reason for left in found.left] == [True]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not json"),
        (b"[]", "expected an object"),
        (b"\xff", "not json in utf-8"),
        (b'{"features": {}}', "expected a list under 'features'"),
        (b'{"features": [], "dataset": {"item_count": -1}}', "must be a count of rows"),
        (b'{"features": [], "dataset": {"item_count": 1}}', "no feature of 0 can be held against"),
        (b'{"features": [NaN], "dataset": {"item_count": 1}}', "NaN is not json"),
        (b'{"features": [1e999], "dataset": {"item_count": 1}}', "beyond any number"),
        (b"[" * 100_000, "not json"),
        (b'{"a": "\\ud800", "features": []}', "not json in utf-8"),
    ],
)
def test_what_is_no_statistics_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ContractError, match=said.replace("(", r"\(")):
        baseline_of(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_file_crashes_the_reader(data: st.DataObject) -> None:
    said = json.loads(json.dumps(AWS))
    junk = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=False,
                        allow_infinity=False), lambda inner: st.lists(inner, max_size=3), max_leaves=5)  # fmt: skip
    node: Any = said
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.booleans()):
            node[key] = data.draw(junk)
            break
        node = node[key]
    try:
        found = baseline_of(json.dumps(said).encode())
    except ContractError:
        return
    assert Baseline.from_bytes(found.baseline.to_bytes()).rows == found.baseline.rows


def test_what_cannot_be_written_is_listed() -> None:
    odd = pa.table(
        {"x": [1.0, float("inf")], "l": [[1], [2]], "n": pa.nulls(2), "t": pa.array([1, 2], pa.timestamp("s"))}
    )
    written = of_baseline(Baseline.of(odd))
    assert {left.what: left.reason for left in written.left} == {
        "x": "1 infinite values cannot be written",
        "l": "it has no features of nested",
        "n": "it has no features of empty",
        "t": "it has no features of time",
    }


def test_constraints_are_suggested_and_can_be_read_back() -> None:
    found = suggested(of_baseline(BASELINE).document)
    features = {feature["name"]: feature for feature in found["features"]}
    assert features["count"]["num_constraints"] == {"is_non_negative": True}
    assert features["normal"]["num_constraints"] == {"is_non_negative": False}
    assert features["word"]["string_constraints"] == {"domains": ["a", "b", "ü"]}
    assert features["holed"]["completeness"] == pytest.approx(0.9, abs=0.01)
    said = constraints(json.dumps(found).encode()).expectations
    assert {"expect": "set", "column": "word", "on_failure": "notice", "values": ["a", "b", "ü"]} in said
    assert {"expect": "range", "column": "count", "on_failure": "notice", "minimum": 0} in said


@pytest.mark.parametrize("levels", [[[2.0, 4.0], [3.0]], [[], [], [5.0]], [[6.0], [6.0, 6.0]], [[0.5]]])
def test_a_sketch_that_lost_its_ends_makes_a_baseline_that_can_be_read(levels: list[list[float]]) -> None:
    """Compaction keeps every second value: the least and the greatest may be gone."""
    n = sum(len(level) << weight for weight, level in enumerate(levels))
    common = {"num_present": n, "num_missing": 0}
    ends = {"mean": 3.0, "std_dev": 1.0, "min": 0.0, "max": 6.0}
    kll = {"kll": {"sketch": {"parameters": {"k": 2048.0}, "data": levels}}}
    amount = {"name": "amount", "inferred_type": "Fractional",
              "numerical_statistics": {"common": common, **ends, "distribution": kll}}  # fmt: skip
    said = json.dumps({"dataset": {"item_count": n}, "features": [amount]}).encode()
    if n == 1:
        with pytest.raises(ContractError, match="it has 1 value from 0 to 6"):
            baseline_of(said)
        return
    baseline = baseline_of(said).baseline
    values = Baseline.from_bytes(baseline.to_bytes()).columns["amount"].values
    assert isinstance(values, Distribution)
    assert (values.knots[0], values.knots[-1], values.n) == (0, 6, n)


def test_a_long_text_is_the_same_as_in_a_batch() -> None:
    long = "x" * 500
    buckets = [{"value": long, "count": 200}]
    said = {
        "common": {"num_present": 200, "num_missing": 0},
        "distribution": {"categorical": {"buckets": buckets}},
    }
    text = {"name": "c", "inferred_type": "String", "string_statistics": said}
    read = baseline_of(json.dumps({"dataset": {"item_count": 200}, "features": [text]}).encode())
    counts = Counts.of(read.baseline, pa.table({"c": [long] * 200}))
    assert assess(read.baseline, counts, DriftPolicy()).level is Level.NONE


def test_what_is_read_back_has_the_error_that_was_told_and_a_frequent_value_none() -> None:
    draw = np.random.default_rng(3)
    values = np.append(draw.normal(size=20_000), np.zeros(20_000))
    baseline = Baseline.of(pa.table({"x": values}))
    written = of_baseline(baseline)
    back = read_back(written)
    original, found = baseline.columns["x"].values, back.baseline.columns["x"].values
    assert isinstance(original, Distribution)
    assert isinstance(found, Distribution)
    off = distance(original, found, at_knots_of=original)
    assert 0 < off <= written.errors["x"] <= back.errors["x"] < 0.005
