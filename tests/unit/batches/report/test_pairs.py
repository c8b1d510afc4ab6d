"""Which pairs of columns go together otherwise than they did."""

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import kind_of
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.joint import Joint
from holdfast.batches.kernel.sampled import Coded, Coder
from holdfast.batches.report.pairs import pairs


def together(correlation: float, seed: int, rows: int = 5000) -> pa.Table:
    """Draw two columns that go together and one that stands alone."""
    draw = np.random.default_rng(seed)
    first = draw.normal(0, 1, rows)
    second = correlation * first + np.sqrt(1 - correlation**2) * draw.normal(0, 1, rows)
    return pa.table({"a": first, "b": second, "alone": draw.normal(0, 1, rows)})


def counted(reference: pa.Table, batch: pa.Table) -> tuple[Baseline, Counts]:
    """Count both, with their joint sums."""
    baseline = Baseline.of(reference)

    def joint(table: pa.Table) -> Joint:
        coders = {name: Coder.of(column) for name, column in baseline.columns.items()}
        codes = [coders[name].codes(table[name].combine_chunks()) for name in table.column_names]
        return Joint.of(Coded(tuple(table.column_names), np.stack(codes, axis=1)), baseline.columns)

    counts = Counts.of(baseline, batch)
    assert kind_of(reference.schema.field("a").type)
    return (
        Baseline(baseline.rows, baseline.columns, joint=joint(reference)),
        Counts(counts.rows, counts.columns, joint=joint(batch)),
    )


def test_the_pair_that_changed_is_named_with_its_correlation_before_and_now() -> None:
    reference, batch = together(0.7, 1), together(0.1, 2)
    (found,) = pairs(*counted(reference, batch))
    assert (found.first, found.second, found.n) == ("a", "b", 5000)
    for table, value in ((reference, found.before), (batch, found.now)):
        assert abs(spearmanr(table["a"], table["b"]).statistic - value) < 0.02


def test_chance_changes_nothing() -> None:
    assert pairs(*counted(together(0.5, 1), together(0.5, 2))) == ()


def test_without_joint_sums_nothing_is_said() -> None:
    baseline = Baseline.of(together(0.5, 1))
    counts = Counts.of(baseline, together(0.5, 2))
    assert pairs(Baseline(baseline.rows, baseline.columns), Counts(counts.rows, counts.columns)) == ()
