"""Labels are counted exactly up to a cap, and by buckets of hashes beyond it."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.categories import BUCKETS, Categories, Unseen
from holdfast.batches.kernel.columns import Labels
from holdfast.batches.kernel.statistics import chi_square, pooled

WORDS = st.lists(st.text(max_size=3), max_size=40)


def part(words: list[str]) -> Labels:
    """Count words as a chunk brings them."""
    names = sorted(set(words))
    return Labels(names, np.array([words.count(name) for name in names], np.int64), 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=5), st.integers(1, 20))
def test_a_reference_is_the_same_however_it_is_cut(parts: list[list[str]], most: int) -> None:
    words = [word for chunk in parts for word in chunk]
    whole, cut = Categories.of([part(words)], most=most), Categories.of(map(part, parts), most=most)
    assert (whole.labels, whole.counts.tolist()) == (cut.labels, cut.counts.tolist())
    assert whole.n == len(words)
    assert (whole.labels is None) == (len(set(words)) > most)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_what_the_reference_does_not_know_is_counted_together(reference: list[str], batch: list[str]) -> None:
    known = Categories.of([part(reference)])
    *counts, unseen = known.count(part(batch)).tolist()
    assert dict(zip(known.labels or (), counts, strict=True)) == {word: batch.count(word) for word in set(reference)}
    assert unseen == sum(word not in reference for word in batch)


def test_labels_that_occur_once_say_how_much_is_unseen() -> None:
    known = Categories.of([part(["a", "a", "b", "c"])])
    assert (known.occurring(1), known.occurring(2)) == (2, 1)


def identifiers(first: int, count: int) -> Labels:
    """Give identifiers that occur once each."""
    return Labels([f"order-{number:09}" for number in range(first, first + count)], np.ones(count, np.int64), 0)


def test_identifiers_are_no_drift() -> None:
    known = Categories.of([identifiers(0, 30_000)])
    counts = known.count(identifiers(900_000, 4_000))
    assert known.labels is None
    assert len(known.counts) == BUCKETS
    assert chi_square(*pooled(known.counts, counts[:-1])).p > 1e-3


def test_a_label_that_takes_over_is_seen_even_among_identifiers() -> None:
    known = Categories.of([identifiers(0, 30_000)])
    counts = known.count(identifiers(900_000, 4_000)) + known.count(Labels(["order-x"], np.array([600]), 0))
    assert chi_square(*pooled(known.counts, counts[:-1])).p < 1e-12


@settings(max_examples=200, deadline=None)
@given(WORDS, st.lists(WORDS, max_size=4))
def test_new_labels_are_told_with_their_counts_however_they_are_cut(
    reference: list[str], parts: list[list[str]]
) -> None:
    known = Categories.of([part(reference)])
    words = [word for chunk in parts for word in chunk if word not in reference]
    nothing = known.nothing_unseen()
    assert nothing is not None
    found = nothing
    for chunk in parts:
        new = known.tally(part(chunk))[1]
        assert new is not None
        found = new + found
    assert found == Unseen(len(words), {word: words.count(word) for word in sorted(set(words))})


def test_of_very_many_new_labels_a_thousand_are_told_exactly() -> None:
    known = Categories.of([part(["a"])])
    ones = [known.tally(identifiers(first, 3_000))[1] for first in (0, 1_500, 3_000)]
    assert all(one is not None and not one.is_complete for one in ones)
    first, second, third = (one for one in ones if one is not None)
    assert (first + second) + third == third + (second + first)
    whole = first + second + third
    assert (whole.total, len(whole.labels), whole.is_complete) == (9_000, 1_000, False)
    for name, count in whole.labels.items():
        assert count == 2 if 1_500 <= int(name.removeprefix("order-")) < 4_500 else 1


def test_the_labels_told_do_not_stand_near_each_other() -> None:
    found = Categories.of([part(["a"])]).tally(identifiers(0, 20_000))[1]
    assert found is not None
    numbers = sorted(int(name.removeprefix("order-")) for name in found.labels)
    shares = np.histogram(numbers, bins=10, range=(0, 20_000))[0]
    assert shares.min() > 60


def test_two_spellings_of_one_label_are_one() -> None:
    found = Unseen.of(["x", "y", "x"], np.array([2, 3, 4]))
    assert found == Unseen(9, {"x": 6, "y": 3})


def test_a_column_of_too_many_labels_says_so() -> None:
    hashed, plain = Categories.of([identifiers(0, 10_001)]), Categories.of([identifiers(0, 10_000)])
    assert (hashed.is_hashed, plain.is_hashed) == (True, False)
    assert hashed.nothing_unseen() is None
    assert hashed.tally(identifiers(0, 5))[1] is None
