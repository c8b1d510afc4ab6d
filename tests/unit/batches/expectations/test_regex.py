"""Texts are searched by RE2; what it cannot do is refused when the manifest is read."""

import re

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from holdfast.batches.expectations.regex import HEAVIEST, Regex, weight
from tests.unit.batches.expectations.conftest import Told

TABLE = pa.table({"c": ["AB-1", "CD-22", "x", None, "AB-1 and more"]})


def test_the_pattern_is_searched_for_and_anchors_hold_it(told: Told) -> None:
    assert told(TABLE, expect="regex", column="c", pattern=r"[A-Z]{2}-\d+").share == 0.25
    assert told(TABLE, expect="regex", column="c", pattern=r"^[A-Z]{2}-\d+$").share == 0.5
    assert told(TABLE, expect="regex", column="c", pattern=r"^[A-Z]{2}-\d+$", absent=True).share == 0.5
    assert told(TABLE, expect="regex", column="c", pattern="z", absent=True).word == "held"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text("ab1-", max_size=6), min_size=1, max_size=20), st.sampled_from(["a+b", "^1", r"b\d$", "(a|b){2}-"])
)
def test_it_agrees_with_python(told: Told, texts: list[str], pattern: str) -> None:
    lacking = sum(re.search(pattern, text) is None for text in texts) / len(texts)
    for column in (pa.array(texts), pa.array(texts).dictionary_encode(), pa.array(texts, pa.large_string())):
        assert told(pa.table({"c": column}), expect="regex", column="c", pattern=pattern).share == lacking


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?=x)", "RE2 refuses the pattern"),
        (r"(a)\1", "RE2 refuses the pattern"),
        ("[a", "RE2 refuses the pattern"),
        ("((a{20}){20}){20}", "8000 steps once its repetitions are written out"),
        (".{1000}y", "1001 steps"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_searched_in_bounded_time_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        Regex(expect="regex", column="c", pattern=pattern)


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        ("abc", 3),
        ("a{3}", 3),
        ("(ab){3}", 6),
        ("(?:ab){2,5}c", 11),
        (r"^\d{8}-[0-9a-f]{4}$", 15),
        (r"[a\]{9}]", 1),
        ("a{2,}b*", 3),
        (r"\{5}", 3),
        ("(a|(b){3}){2}", 8),
    ],
)
def test_steps_are_counted_with_their_repetitions(pattern: str, steps: int) -> None:
    assert weight(pattern) == steps
    assert weight(pattern) <= HEAVIEST


def test_a_text_too_long_to_be_looked_at_is_no_match(told: Told) -> None:
    table = pa.table({"c": ["a", "a" * 5000]})
    assert told(table, expect="regex", column="c", pattern="a").share == 0.5
    assert told(table, expect="regex", column="c", pattern="z", absent=True).share == 0.5


def test_bytes_that_are_no_text_are_searched_without_a_crash(told: Told) -> None:
    table = pa.table({"c": pa.array([b"\xff\xfe", b"ok", b"\x00ok"])})
    assert told(table, expect="regex", column="c", pattern="ok").share == pytest.approx(1 / 3)


def test_numbers_have_no_pattern(told: Told) -> None:
    assert told(pa.table({"c": [1]}), expect="regex", column="c", pattern="1").word == "uncountable"
    assert told(pa.table({"c": [1]}), reference=TABLE, expect="regex", column="c", pattern="1").word == "broken"


@pytest.mark.parametrize(
    ("pattern", "lacking"), [("^.$", 0.5), ("^.{2}$", 0.5), ("^[à-ÿ]+$", 0), (r"^\pL+$", 0), ("^[^a]", 0)]
)
def test_a_letter_is_a_letter_however_many_bytes_it_takes(told: Told, pattern: str, lacking: float) -> None:
    table = pa.table({"c": ["ä", "öü"]})
    assert told(table, expect="regex", column="c", pattern=pattern).share == lacking
    encoded = pa.table({"c": table["c"].cast(pa.binary())})
    assert told(encoded, expect="regex", column="c", pattern=pattern).share == lacking


def test_classes_of_unicode_weigh_more() -> None:
    assert weight(r"\p{Lu}\pL{4}[\p{Nd}x]") == 5 + 4 * 5 + 5
    with pytest.raises(ValidationError, match="500 steps"):
        Regex(expect="regex", column="c", pattern=r"\pL{100}")
