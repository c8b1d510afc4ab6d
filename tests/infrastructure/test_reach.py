"""How far policies reach: exact while that fits, wider in steps that still hold everything, never past the limits."""

from fnmatch import fnmatchcase

import pytest

from holdfast.shared.errors import ConfigurationError
from infra.reach import beginning, listings, literal, narrowest, portions, size


def test_names_that_fit_stay_exact() -> None:
    names = {"demand-training", "fraud-training"}
    assert narrowest(lambda cut: {beginning(name, cut) for name in names}, room=100) == sorted(names)


def test_names_that_do_not_fit_are_held_by_their_beginnings() -> None:
    names = {f"{number:03d}-{'x' * 200}" for number in range(50)}
    found = narrowest(lambda cut: {beginning(name, cut) for name in names}, room=3000)
    assert size(found) <= 3000
    assert all(any(fnmatchcase(name, pattern) for pattern in found) for name in names)


def test_what_fits_in_no_way_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="take 103 characters of policy, expected at most 10"):
        narrowest(lambda _: {"x" * 100}, room=10)


@pytest.mark.parametrize(
    ("text", "written"), [("a*b", "a${*}b"), ("a?b", "a${?}b"), ("a${b}", "a${$}{b}"), ("a/b=c", "a/b=c")]
)
def test_a_prefix_is_taken_literally(text: str, written: str) -> None:
    assert literal(text) == written


def test_each_bucket_is_listed_below_its_own_prefixes() -> None:
    places = [("one", "a/"), ("one", "b/"), ("two", "c/")]
    assert listings(places, room=10_000) == [(["one"], ["a/*", "b/*"]), (["two"], ["c/*"])]


def test_many_buckets_are_listed_together() -> None:
    places = [(f"bucket-{number:03d}", f"prefix-{number:03d}/") for number in range(300)]
    found = listings(places, room=20_000)
    assert {bucket for buckets, _ in found for bucket in buckets} == {bucket for bucket, _ in places}
    for bucket, prefix in places:
        (prefixes,) = (prefixes for buckets, prefixes in found if bucket in buckets)
        assert any(fnmatchcase(prefix, pattern) for pattern in prefixes)


def test_listings_that_fit_in_no_way_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="300 buckets to be listed do not fit"):
        listings([(f"bucket-{number:03d}", "x/") for number in range(300)], room=100)


def test_portions_hold_everything_and_fit() -> None:
    arns = [f"arn:aws:s3:::bucket-{number}/*" for number in range(500)]
    parts = list(portions(arns, most=1000))
    assert [arn for part in parts for arn in part] == arns
    assert max(map(size, parts)) <= 1000
    assert list(portions([])) == []
