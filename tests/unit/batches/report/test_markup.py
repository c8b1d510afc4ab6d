"""Markup that foreign text cannot break out of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.report.markup import cut, name, probability, share, tag, text


@given(st.text())
def test_text_is_neither_markup_nor_invisible(foreign: str) -> None:
    said = text(foreign)
    assert not {"<", ">", '"', "'"} & set(said)
    assert said.isprintable()


@given(st.text(max_size=300))
def test_an_attribute_ends_where_we_end_it_and_hides_nothing(foreign: str) -> None:
    said = tag("p", title=foreign)
    assert said.count('"') == 2
    assert said.isprintable()


@given(st.text(), st.integers(4, 60))
def test_what_is_cut_takes_no_more_room_than_there_is(foreign: str, most: int) -> None:
    assert len(cut(foreign, most)) <= most


def test_wide_letters_take_two_places() -> None:
    assert cut("東京都千代田区", 8) == "東京都…"
    assert cut("東京都千", 8) == "東京都千"


def test_names_that_differ_at_their_end_are_told_apart_where_they_are_cut() -> None:
    first, second = (f"{'total_amount_of_' * 6}{word}" for word in ("sales", "costs"))
    assert "total_<wbr>amount" in name(first)
    assert "…" in name(first)
    assert [name(one).partition("…")[2].replace("<wbr>", "")[:8] for one in (first, second)] == ["of_sales", "of_costs"]
    assert name("") == "<bdi>&#x27;&#x27;</bdi>"


def test_a_name_that_is_cut_is_whole_in_its_title() -> None:
    assert 'title="' + "x" * 60 + '"' in name("x" * 60)
    assert "title" not in name("short")


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0 %"), (1, "100 %"), (0.00001, "<0.01 %"), (0.99999, ">99.99 %"), (0.1234, "12.3 %"), (0.9996, "99.96 %")],
)
def test_a_share_is_never_rounded_to_nothing_or_all(value: float, said: str) -> None:
    assert share(value) == said


def test_a_p_beyond_what_a_float_holds_is_no_zero() -> None:
    assert (probability(0.0), probability(None), probability(0.0123)) == ("<1e-300", "–", "0.012")
