from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.compliance.access.patterns import LONGEST, covers, fits, overlap
from holdfast.shared.errors import ContractError

patterns = st.text("ab*?", max_size=6)
texts = st.text("ab", max_size=6)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("s3:*", "s3:get*"),
        ("s3:Get*", "s3:GetObject"),
        ("*", "s3:*"),
        ("data?", "datax"),
        ("data?", "data?"),
        ("a[b]", "a[b]"),
    ],
)
def test_a_wider_pattern_covers_a_narrower_one(pattern: str, wanted: str) -> None:
    assert covers([pattern], wanted)


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("s3:get*", "s3:*"),
        ("data/?", "data/*"),
        ("data/?*", "data/*"),
        ("data/${aws:username}/*", "data/*"),
        ("data/\ue000", "data/*"),
        ("a[b]", "ab"),
        ("s3:get*", "s3:g${x}"),
    ],
)
def test_a_narrower_one_does_not_cover_it(pattern: str, wanted: str) -> None:
    assert not covers([pattern], wanted)


def test_a_policy_variable_may_stand_for_anything() -> None:
    assert covers(["data/*"], "data/${aws:username}/x")
    assert overlap("data/${aws:username}", "data/secret")


def test_a_text_longer_than_any_name_is_refused() -> None:
    assert fits("a" * LONGEST) == "a" * LONGEST
    with pytest.raises(ContractError, match="1201 characters"):
        fits("a" * (LONGEST + 1))


@settings(deadline=None)
@given(patterns, patterns, texts)
def test_what_covers_matches_all_that_the_other_matches(wide: str, narrow: str, text: str) -> None:
    if covers([wide], narrow) and covers([narrow], text):
        assert covers([wide], text)


@settings(deadline=None)
@given(patterns, patterns, texts)
def test_patterns_that_match_one_text_overlap(one: str, other: str, text: str) -> None:
    if covers([one], text) and covers([other], text):
        assert overlap(one, other)
    assert overlap(one, other) == overlap(other, one)


@settings(deadline=None, max_examples=300)
@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_patterns_overlap_only_if_some_text_matches_both(one: str, other: str) -> None:
    every = ("".join(letters) for length in range(7) for letters in product("abc", repeat=length))
    assert overlap(one, other) == any(covers([one], text) and covers([other], text) for text in every)


@settings(deadline=None)
@given(patterns, texts)
def test_a_plain_text_overlaps_with_what_it_matches_and_nothing_else(pattern: str, text: str) -> None:
    assert overlap(pattern, text) == covers([pattern], text)
