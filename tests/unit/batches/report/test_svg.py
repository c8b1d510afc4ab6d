"""The drawings: nothing leaves its frame, and each says in words what it shows."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.report.distribution import HEIGHT, WIDTH, spread_of
from holdfast.batches.report.document import Bar, Bars, Bins
from holdfast.batches.report.spread import spread
from holdfast.batches.report.svg import against, moved


def placed(drawing: str) -> list[tuple[float, float]]:
    """Give every point of every path, bar and label."""
    points = []
    for path in re.findall(r' d="([^"]+)"', drawing):
        x = y = 0.0
        for letter, first, second in re.findall(r"([MHVL])(-?[\d.]+)(?: (-?[\d.]+))?", path):
            x = float(first) if letter in "MHL" else x
            y = float(second or y) if letter in "ML" else float(first) if letter == "V" else y
            points.append((x, y))
    for x, y in re.findall(r'<(?:rect|text)[^>]* x="([^"]+)" y="([^"]+)"', drawing):
        points.append((float(x), float(y)))
    return points


@pytest.mark.parametrize("shift", [0.0, 0.5, 50.0])
def test_a_distribution_stays_within_its_frame_and_is_told_in_words(shift: float) -> None:
    draw = np.random.default_rng(1)
    first, second = (pa.table({"x": draw.standard_cauchy(3000) + move}) for move in (0, shift))
    baseline = Baseline.of(first)
    found = spread(baseline.columns["x"], Counts.of(baseline, second).columns["x"])
    assert isinstance(found, Bins)
    drawing = spread_of(found, "Distribution of x")
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in placed(drawing))
    assert re.search(r"<desc>reference: most values between .+; batch: most values between .+</desc>", drawing)


@given(
    st.lists(st.tuples(st.text(max_size=40), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=20), st.booleans()
)
def test_bars_stay_within_their_frame_whatever_they_are_called(
    bars: list[tuple[str, float, float]], ordered: bool
) -> None:
    made = tuple(Bar(label=label, reference=before, batch=now) for label, before, now in bars)
    drawing = spread_of(Bars(ordered_by="value" if ordered else "share", bars=made), "x")
    assert all(-1 <= x <= WIDTH + 1 for x, _ in placed(drawing))
    assert drawing.count("<svg") == 1


@given(st.floats(0, 1), st.floats(0.001, 1))
def test_the_threshold_is_the_middle_and_more_lies_to_its_right(effect: float, threshold: float) -> None:
    found = re.search(r'cx="([\d.]+)"', against(effect, None, None, threshold))
    assert found is not None
    at = float(found[1])
    assert 0 <= at <= 120
    assert (at >= 59.9) == (effect >= threshold) or abs(effect / threshold - 1) < 0.01


def test_what_moved_is_a_ring_and_a_dot() -> None:
    drawing = moved(0.0, 1.0, low=0, high=1, title="missing")
    assert re.findall(r'cx="([\d.]+)"', drawing) == ["5", "115"]
