"""What stands in files is read back as it was, or refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.kernel.moments import Grid, Moments
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.kernel.packing import pack
from holdfast.batches.kernel.stored import MOST, StoredMoments, are_counts, from_steps, read_file, steps_of
from holdfast.shared.errors import IntegrityError

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=20)


@given(NUMBERS, NUMBERS)
def test_moments_of_any_size_survive(reference: list[float], batch: list[float]) -> None:
    moments = Distribution.of([np.array(reference)], knots=None).tally(np.array(batch)).moments
    stored = StoredMoments.of(moments)
    assert stored is not None
    assert StoredMoments.model_validate_json(stored.model_dump_json()).restored(len(batch)) == moments


def test_no_moments_are_none() -> None:
    assert StoredMoments.of(None) is None


@pytest.mark.parametrize(
    "moments",
    [
        Moments(2, 1, 0, Grid(), 0, 0), Moments(2, None, 1, Grid(), 0, 0), Moments(0, 1, 1, Grid(), 0, 0),
        Moments(2, 0, 1, Grid(), 9, 1), Moments(3, 0, 1, Grid(), 0, 0),
    ],
    ids=str,
)  # fmt: skip
def test_moments_that_cannot_be_are_refused(moments: Moments) -> None:
    stored = StoredMoments.of(moments)
    assert stored is not None
    with pytest.raises(IntegrityError, match="cannot be those of 2 values"):
        stored.restored(2)


@given(st.lists(st.integers(0, 1000), max_size=20).map(lambda counts: counts[: len(counts) // 2 * 2]))
def test_counts_survive_as_steps(steps: list[int]) -> None:
    below, at_most = from_steps(np.array(steps, np.int64), len(steps) // 2)
    assert steps_of(below, at_most).tolist() == steps
    assert np.cumsum(steps).tolist() == np.stack([below, at_most], axis=1).reshape(-1).tolist()


def test_counts_whose_sum_is_none_are_no_counts() -> None:
    assert are_counts(np.array([MOST]))
    assert not are_counts(np.array([MOST, MOST]))
    assert not are_counts(np.array([-1]))
    assert not are_counts(np.array([1.0]))


def test_a_file_that_ends_too_early_or_too_late_is_told() -> None:
    data = pack({}, [np.zeros(1, np.int64)])
    with pytest.raises(IntegrityError, match="not a thing: arrays are missing"):
        read_file(data, "a thing", lambda _, arrays: [next(arrays), next(arrays)])
    with pytest.raises(IntegrityError, match="not a thing: there are too many arrays"):
        read_file(data, "a thing", lambda header, _: header)
