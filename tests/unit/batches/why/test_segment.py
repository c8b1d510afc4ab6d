"""The level that carries a change is named, its growth told from a change within it, and a change everywhere is not."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.why.findings import SegmentFound
from holdfast.batches.why.segment import Of, explaining

SHOPS = ("north", "south", "east", "west")
Columns = dict[str, np.ndarray]


def drawn(rows: int, seed: int, *, shares: Mapping[str, float] | None = None) -> Columns:
    """Draw sales by shop and weekday; prices differ by shop."""
    random = np.random.default_rng(seed)
    weights = [(shares or {}).get(shop, 0.25) for shop in SHOPS]
    shop = random.choice(SHOPS, rows, p=np.array(weights) / sum(weights))
    price = random.standard_normal(rows) + 2.0 * (shop == "north")
    return {
        "shop": shop,
        "day": random.integers(0, 7, rows),
        "plan": random.choice(["a", "b"], rows, p=[0.9, 0.1]),
        "price": price,
        "colour": random.choice(["red", "blue", "green"], rows),
    }


def told(
    batch: Columns, column: str, *, of: Of = "distribution", reference: Columns | None = None
) -> SegmentFound | None:
    """Explain a column of a batch against 20,000 rows of the reference."""
    known = Baseline.of(pa.table(reference or drawn(20_000, seed=0)))
    return explaining(known.segments, Counts.of(known, pa.table(batch)).segments, column, of=of)


@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_a_change_within_one_level_is_traced_to_it(rows: int) -> None:
    batch = drawn(rows, seed=1)
    batch["price"] = batch["price"] + 1.5 * (batch["shop"] == "south")
    found = told(batch, "price")
    assert found is not None
    assert (found.column, found.level, found.kind) == ("shop", "south", "within")
    assert found.explains > 0.7
    assert "gone without the rows where shop = south" in found.text


@pytest.mark.parametrize("share", [0.6, 1.0])
def test_a_level_that_grew_is_told_from_one_that_changed(share: float) -> None:
    batch = drawn(5_000, seed=2, shares={"north": share} | dict.fromkeys(SHOPS[1:], (1 - share) / 3))
    found = told(batch, "price")
    assert found is not None
    assert (found.column, found.level, found.kind) == ("shop", "north", "share")
    assert (found.before, found.now) == pytest.approx((0.25, share), abs=0.02)
    assert "comes with shop = north: 24% of rows before" in found.text


def test_a_whole_number_may_be_the_level() -> None:
    batch = drawn(8_000, seed=3)
    batch["price"] = batch["price"] - 2.5 * (batch["day"] == 6)
    found = told(batch, "price")
    assert found is not None
    assert (found.column, found.level, found.kind) == ("day", "6", "within")


def test_categories_that_move_in_one_level_are_traced_to_it() -> None:
    batch = drawn(8_000, seed=4)
    batch["colour"] = np.where((batch["shop"] == "west") & (batch["colour"] == "red"), "blue", batch["colour"])
    found = told(batch, "colour", of="categories")
    assert found is not None
    assert (found.column, found.level, found.kind) == ("shop", "west", "within")


def test_values_missing_in_one_level_are_traced_to_it() -> None:
    batch: dict[str, object] = dict(drawn(8_000, seed=5))
    gone = (batch["shop"] == "east") & (np.random.default_rng(55).random(8_000) < 0.4)  # type: ignore[operator]
    batch["price"] = pa.array(batch["price"], mask=gone)
    found = told(batch, "price", of="missing")  # type: ignore[arg-type]
    assert found is not None
    assert (found.column, found.level, found.kind) == ("shop", "east", "within")


@pytest.mark.parametrize("rows", [500, 3_000])
@pytest.mark.parametrize("shift", [0.0, 0.15, 0.5, 2.0])
def test_a_change_that_is_everywhere_is_blamed_on_no_level(rows: int, shift: float) -> None:
    reference = drawn(20_000, seed=0)
    known = Baseline.of(pa.table(reference))
    claims = 0
    for seed in range(25):
        batch = drawn(rows, seed=100 + seed)
        batch["price"] = batch["price"] + shift
        counts = Counts.of(known, pa.table(batch))
        claims += explaining(known.segments, counts.segments, "price", of="distribution") is not None
    assert claims == 0


def test_a_level_that_is_most_of_the_rows_must_explain_more_than_its_rows() -> None:
    batch = drawn(8_000, seed=6)
    batch["price"] = batch["price"] + np.where(batch["plan"] == "a", 0.8, 0.5)
    assert told(batch, "price") is None


def test_a_level_with_a_handful_of_rows_is_never_named() -> None:
    reference, batch = drawn(20_000, seed=0), drawn(300, seed=7)
    for columns, rows in ((reference, 3), (batch, 15)):
        columns["plan"] = np.where(np.arange(len(columns["plan"])) < rows, "the one", "a")
    batch["price"] = batch["price"] + 9.0 * (batch["plan"] == "the one")
    assert told(batch, "price", reference=reference) is None


def test_without_a_sample_nothing_is_told() -> None:
    assert explaining(None, None, "price", of="distribution") is None
