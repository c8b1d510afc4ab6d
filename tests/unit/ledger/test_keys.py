"""Where items stand in the ledger's table."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.ledger.keys import MOST_SORT_BYTES, noted

names = st.text(max_size=1500)


@given(names)
def test_a_note_of_any_stream_fits_into_a_sort_key(subject: str) -> None:
    assert len(noted(subject).encode()) <= MOST_SORT_BYTES


@given(st.text(max_size=100))
def test_a_subject_that_fits_stands_as_it_is(subject: str) -> None:
    assert noted(subject) == subject


def test_long_subjects_that_begin_alike_are_told_apart_and_found_by_their_beginning() -> None:
    one, other = (f"bike/ml-data/{'x' * 1500}{end}" for end in "ab")
    assert noted(one) != noted(other)
    assert noted(one).startswith("bike/ml-data/")
