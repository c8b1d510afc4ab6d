"""Prefixes packed into patterns: every batch matched, every pattern small enough, little moved by one model more."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.matcher import Pattern
from infra.patterns import MOST_PATTERN_BYTES, MOST_RULES, Place, arrivals

NAME = st.from_regex(r"[a-z][a-z0-9-]{2,40}[a-z0-9]", fullmatch=True)
PREFIX = st.text(min_size=1, max_size=80).map(lambda text: text.strip("/") + "/")
PLACES = st.lists(st.tuples(NAME, PREFIX), min_size=1, max_size=60, unique=True)


def created(place: Place) -> dict[str, object]:
    """A batch lands."""
    bucket, prefix = place
    detail = {"bucket": {"name": bucket}, "object": {"key": f"{prefix}2026.parquet"}}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def matched(place: Place, patterns: dict[str, dict[str, object]]) -> list[str]:
    """Name the patterns that match a batch of a place."""
    return [name for name, pattern in patterns.items() if Pattern.parse(pattern).matches(created(place))]


def many(count: int, *, bucket: int = 30, prefix: int = 30) -> list[Place]:
    """Make so many places with names so long."""
    return [
        (f"b{number:04d}-".ljust(bucket, "x"), f"p{number:04d}-".ljust(prefix - 1, "y") + "/")
        for number in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(PLACES)
def test_every_batch_is_matched_and_every_pattern_fits(places: list[Place]) -> None:
    patterns = arrivals(places)
    assert all(matched(place, patterns) for place in places)
    assert all(len(json.dumps(one, ensure_ascii=False).encode()) <= 2048 + 200 for one in patterns.values())
    compact = [json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode() for one in patterns.values()]
    assert max(map(len, compact)) <= MOST_PATTERN_BYTES


def test_a_batch_is_matched_once_and_its_neighbours_not_at_all() -> None:
    patterns = arrivals(many(100))
    assert {len(matched(place, patterns)) for place in many(100)} == {1}
    assert not matched(("b0001-".ljust(30, "x"), "elsewhere/"), patterns)
    assert not matched(("another-bucket", many(1)[0][1]), patterns)


def test_one_prefix_makes_a_plain_pattern() -> None:
    assert arrivals([("data", "orders/")]) == {
        "Leaf": {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": ["data"]}, "object": {"key": [{"prefix": "orders/"}]}},
        }
    }


@pytest.mark.parametrize("number", range(0, 200, 17))
def test_a_removed_model_disappears_from_one_pattern_and_moves_no_other(number: int) -> None:
    places = many(200)
    before, after = arrivals(places), arrivals([place for place in places if place != places[number]])
    assert places[number][0] in json.dumps(before)
    assert places[number][0] not in json.dumps(after)
    changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    assert len(changed) + len(before.keys() ^ after.keys()) <= 3


def test_the_order_of_the_manifest_is_of_no_matter() -> None:
    assert arrivals(many(80)) == arrivals(reversed(many(80)))


def test_where_prefixes_are_too_long_their_beginnings_are_matched() -> None:
    places = many(300, bucket=63, prefix=900)
    patterns = arrivals(places)
    assert len(patterns) <= MOST_RULES
    assert all(matched(place, patterns) for place in places)


def test_what_cannot_fit_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="3000 prefixes do not fit in 40 rules"):
        arrivals(many(3000, bucket=63))
