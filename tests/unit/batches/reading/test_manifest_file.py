"""A manifest names the parts of a batch, and whatever else a stranger may have written is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.reading.manifest_file import MOST_BYTES, MOST_PARTS, Place, names, places
from holdfast.shared.errors import ContractError

FOLDER = "bike/batches/2026-03-02/"


def found(listed: Any, **more: Any) -> tuple[Place, ...]:
    """Read a manifest that lies in a folder of `ml-data`."""
    return places(json.dumps(listed).encode(), bucket="ml-data", folder=FOLDER, **more)


def test_a_warehouse_lists_entries_with_their_urls() -> None:
    entries = [
        {"url": f"s3://ml-data/{FOLDER}0000_part_00", "mandatory": True, "meta": {"content_length": 10}},
        {"url": f"s3://ml-data/{FOLDER}0001_part_00"},
    ]
    assert found({"entries": entries, "schema": {}}) == (
        Place("ml-data", f"{FOLDER}0000_part_00"), Place("ml-data", f"{FOLDER}0001_part_00"),
    )  # fmt: skip


def test_a_training_job_takes_a_prefix_and_what_comes_after_it() -> None:
    assert found([{"prefix": f"s3://ml-data/{FOLDER}"}, "a.parquet", "b/c.parquet"]) == (
        Place("ml-data", f"{FOLDER}a.parquet"), Place("ml-data", f"{FOLDER}b/c.parquet"),
    )  # fmt: skip


def test_a_name_alone_lies_beside_the_manifest() -> None:
    assert (
        found(["a.parquet"]) == found({"entries": [{"url": "a.parquet"}]}) == (Place("ml-data", f"{FOLDER}a.parquet"),)
    )


def test_parts_may_lie_below_another_prefix_if_that_is_allowed() -> None:
    elsewhere = ["s3://ml-data/bike/batches/other/a.parquet"]
    with pytest.raises(ContractError, match="does not lie below"):
        found(elsewhere)
    assert found(elsewhere, below="bike/batches/")[0].key == "bike/batches/other/a.parquet"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        (["s3://other/a.parquet"], "bucket 'other', expected 'ml-data'"),
        ([{"prefix": "s3://other/"}, "a.parquet"], "bucket 'other'"),
        (["s3://ml-data/retired/a.parquet"], "does not lie below"),
        (["../secret.parquet"], "no plain name"),
        ([f"s3://ml-data/{FOLDER}../../secret"], "no plain name"),
        ([f"s3://ml-data/{FOLDER}./x"], "no plain name"),
        (["/etc/passwd"], "no plain name"),
        (["a//b"], "no plain name"),
        (["http://169.254.169.254/latest"], "no plain name"),
        (["file:///etc/passwd"], "no plain name"),
        (["S3://ml-data/x"], "no plain name"),
        (["..\\x"], "no plain name"),
        (["a\x00b"], "no plain name"),
        (["a\nb"], "no plain name"),
        (["folder/"], "no plain name"),
        (["s3://ml-data"], "expected s3://bucket/key"),
        (["s3:///x"], "expected s3://bucket/key"),
        (["x" * 2_000], "more than 1024 bytes"),
        (["a", "a"], "listed twice"),
        ([f"s3://ml-data/{FOLDER}a", "a"], "listed twice"),
        ([{"prefix": "http://ml-data/"}, "a"], "expected s3://bucket"),
        ([{"prefix": "s3://ml-data/"}, 3], "named by int"),
        ([{"prefix": "s3://ml-data/"}, {"prefix": "s3://ml-data/"}], "named by dict"),
        ([{"prefix": None}, "a"], "named by NoneType"),
        ({"entries": [{"uri": "x"}]}, "named by NoneType"),
        ({"entries": {"url": "x"}}, "no list of entries"),
        ({"entries": []}, "lists no part"),
        ([], "lists no part"),
        ("a.parquet", "neither an object"),
        (None, "neither an object"),
        ([f"{at}.parquet" for at in range(MOST_PARTS + 1)], "10001 parts, expected at most"),
    ],
    ids=str,
)
def test_what_leads_elsewhere_or_names_nothing_is_refused(listed: Any, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        found(listed)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xfe", b"[", b"[" * 100_000, b'{"entries":' * 50_000, b'["a", NaN]', b'["a"] x',
        b'{"entries": [{"url": "a"}], "entries": []}', b'["' + b"a" * MOST_BYTES + b'"]', b"1" * 10_000,
    ],
    ids=lambda data: data[:12],
)  # fmt: skip
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(ContractError):
        names(data)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.sampled_from(["s3://ml-data/x", "../y"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["entries", "url", "prefix", "x"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_whatever_is_listed_lies_in_the_folder_or_is_refused(listed: Any) -> None:
    try:
        found_places = found(listed)
    except ContractError:
        return
    for place in found_places:
        assert place.bucket == "ml-data"
        assert place.key.startswith(FOLDER)
        assert ".." not in place.key.split("/")
