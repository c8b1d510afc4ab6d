"""Equal features with different labels are found: to the row while they are few, within a stated error beyond."""

from collections import defaultdict
from functools import partial

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.batches.expectations.label_consistency import EXPECTATION, LabelConsistency
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.probes import conflicts as probe
from holdfast.batches.probes.conflicts import conflicts
from tests.unit.batches.expectations.conftest import Told

ROWS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", None]), st.sampled_from(["no", "yes", None])))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS.filter(lambda rows: any(row[2] is not None for row in rows)))
def test_it_agrees_with_a_group_by(told: Told, rows: list[tuple[int, str | None, str | None]]) -> None:
    labels: dict[tuple[int, str | None], list[str]] = defaultdict(list)
    for number, word, label in rows:
        if label is not None:
            labels[number, word].append(label)
    n = sum(map(len, labels.values()))
    torn = sum(len(group) for group in labels.values() if len(set(group)) > 1)
    number, word, label = zip(*rows, strict=True)
    table = pa.table({"n": number, "w": pa.array(word, pa.string()), "y": pa.array(label, pa.string())})
    outcome = told(table, expect="label_consistency", column="y", at_most=0.2)
    assert outcome.share == pytest.approx(torn / n)
    assert outcome.word == ("broken" if torn / n > 0.2 else "held")


def test_an_id_has_to_be_ignored_to_find_anything(told: Told) -> None:
    table = pa.table({"id": [1, 2, 3], "x": [0, 0, 1], "y": ["a", "b", "a"]})
    assert told(table, expect="label_consistency", column="y", at_most=0).word == "held"
    assert told(table, expect="label_consistency", column="y", at_most=0, ignoring=["id"]).word == "broken"
    assert told(table, expect="label_consistency", column="y", at_most=0, features=["x"]).share == pytest.approx(2 / 3)


def test_the_features_are_those_of_the_reference(told: Told) -> None:
    reference = pa.table({"x": [0], "z": [0], "y": ["a"]})
    batch = pa.table({"x": [0, 0], "y": ["a", "a"]})
    outcome = told(batch, reference=reference, expect="label_consistency", column="y", at_most=0)
    assert (outcome.word, outcome.said) == ("broken", "feature z is missing from the batch")


def test_without_a_label_or_a_feature_there_is_no_pass(told: Told) -> None:
    table = pa.table({"x": [1, 2], "y": pa.nulls(2, pa.string())})
    assert told(table, expect="label_consistency", column="y", at_most=0.5).word == "broken"
    assert told(pa.table({"y": ["a"]}), expect="label_consistency", column="y", at_most=0.5).word == "uncountable"


def test_beyond_the_sample_the_share_is_within_the_error_that_is_told() -> None:
    draw = np.random.default_rng(7)
    rows = draw.integers(0, 30_000, 100_000)
    torn = rows % 10 == 0
    labels = np.where(torn, draw.integers(0, 2, len(rows)), 0)
    state = conflicts("y", "x", most=8_000).count(pa.array(labels), pa.array(rows))
    mixed = {row for row in range(0, 30_000, 10) if len(set(labels[rows == row].tolist())) > 1}
    exact = np.isin(rows, list(mixed)).mean()
    share, error = state.share
    assert abs(share - exact) < error < 0.03


def test_its_probe_reads_the_label_and_the_features_only() -> None:
    baseline = Baseline.of(pa.table({"x": [1], "y": [1], "l": [[1]]}))
    wanted = LabelConsistency(expect="label_consistency", column="y", at_most=0)
    (probe,) = EXPECTATION.probes(wanted, baseline)
    assert probe.columns == ("y", "x"), "nested columns cannot be told apart"


def test_that_no_sampled_row_is_torn_does_not_mean_that_none_is(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is torn may have one hash, and that not be among the smallest."""
    monkeypatch.setattr(probe, "conflicts", partial(conflicts, most=500))
    rows = np.append(np.arange(20_000), np.full(100, 7))
    table = pa.table({"x": rows, "y": np.arange(len(rows)) % 2})
    for at_most, word in ((0, "undecided"), (0.001, "undecided"), (0.9, "held")):
        assert told(table, expect="label_consistency", column="y", at_most=at_most).word == word
