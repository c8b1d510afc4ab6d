"""Values counted in cells are counted as by comparing each with each knot."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel import cells
from holdfast.batches.kernel.cells import Cells, Ruler
from holdfast.batches.kernel.columns import Numbers
from holdfast.batches.kernel.numeric import Distribution

FLOATS = st.floats(allow_nan=False)
NEAR = st.floats(-8, 8).map(lambda value: round(value, 1))
NUMBERS = st.one_of(
    st.lists(FLOATS, min_size=1, max_size=60).map(lambda values: np.array(values, np.float64)),
    st.lists(NEAR, min_size=1, max_size=60).map(lambda values: np.array(values, np.float64)),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60).map(lambda values: np.array(values, np.int64)),
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=60).map(lambda values: np.array(values, np.uint64)),
    st.lists(st.integers(-40, 40), min_size=1, max_size=60).map(lambda values: np.array(values, np.int64)),
)


def counted_plainly(knots: Numbers, values: Numbers) -> list[list[int]]:
    """Count as the definition says, one by one."""
    numbers = values.tolist()
    return [
        [sum(value < knot for value in numbers) for knot in knots.tolist()],
        [sum(value <= knot for value in numbers) for knot in knots.tolist()],
    ]


@settings(max_examples=500, deadline=None)
@given(NUMBERS, NUMBERS, st.sampled_from([2, 7, 64, 4_096]), st.integers(1, 9))
def test_cells_count_as_comparing_does(reference: Numbers, batch: Numbers, width: int, part: int) -> None:
    knots = np.unique(reference)
    known = Cells.of(knots, cells=width)
    if known is None or batch.dtype != knots.dtype:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "PART", part)
        patch.setattr(cells, "MOST_BESIDE", 1)
        found = known.count(batch)
        assert found is not None
        assert found.tolist() == counted_plainly(knots, batch)


@settings(max_examples=300, deadline=None)
@given(NUMBERS, FLOATS, FLOATS, st.sampled_from([2, 7, 64, 4_096]))
def test_a_greater_value_is_never_in_a_lower_cell(values: Numbers, low: float, high: float, width: int) -> None:
    ruler = Ruler.between(low, high, width)
    if ruler is not None:
        places = ruler.place(np.sort(values))
        assert np.all(np.diff(places) >= 0)
        assert places.min() >= 0
        assert places.max() < width


@pytest.mark.parametrize(
    "name", ["normal", "skewed", "heavy tailed", "rounded", "half of it zero", "shifted", "integers", "huge", "times"]
)
def test_many_values_are_tallied_as_a_few_at_a_time(name: str) -> None:
    random = np.random.default_rng(5)
    made = {
        "normal": lambda n: random.normal(size=n),
        "skewed": lambda n: random.lognormal(2, 1.5, n),
        "heavy tailed": lambda n: random.pareto(0.6, n) * random.choice([-1, 1], n),
        "rounded": lambda n: random.normal(size=n).round(2),
        "half of it zero": lambda n: random.normal(size=n) * (random.random(n) < 0.5),
        "shifted": lambda n: random.normal(size=n) + 6 * (n > 50_000),
        "integers": lambda n: (random.normal(size=n) * 1e9).astype(np.int64),
        "huge": lambda n: random.normal(size=n) * 1e307,
        "times": lambda n: np.sort(random.integers(1_600_000_000_000_000, 1_700_000_000_000_000, n)),
    }[name]
    known = Distribution.of([made(50_000)], knots=4_096)
    batch = made(150_000)
    whole = known.tally(batch)
    parts = [known.tally(part) for part in np.array_split(batch, 7)]
    joined = known.nothing_tallied()
    for part in parts:
        joined = joined.joined(part)
    assert whole.counts.tolist() == joined.counts.tolist()
    assert (whole.infinite, whole.moments) == (joined.infinite, joined.moments)


def test_infinite_values_among_many_are_counted_beyond_all_numbers() -> None:
    random = np.random.default_rng(6)
    known = Distribution.of([random.normal(size=50_000)], knots=4_096)
    batch = random.normal(size=100_000)
    batch[::10_000], batch[1::20_000] = math.inf, -math.inf
    tally = known.tally(batch)
    assert tally.infinite == (5, 10)
    assert tally.moments.n == 100_000 - 15
    assert tally.counts[:, -1].tolist() == [int((batch < known.knots[-1]).sum()), int((batch <= known.knots[-1]).sum())]
