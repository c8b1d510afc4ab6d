"""What a batch is made of where one object only closes it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.entries import MOST_PARTS, NO_VERSION, ObjectRead
from holdfast.batches.listing import Listed
from holdfast.batches.parts import MOST_NAMED_BYTES, Unusable, folder_of, in_folder, named_bytes, too_many
from holdfast.shared.canonical import canonical

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def listed(key: str, *, is_latest: bool = True, size: int = 10) -> Listed:
    """List a version."""
    return Listed("ml-data", key, "v", "e", size, NOON, is_latest)


def test_a_marker_closes_the_folder_it_lies_in() -> None:
    assert folder_of("in/2026/_SUCCESS") == "in/2026/"
    assert folder_of("_SUCCESS") == ""


def test_parts_are_the_newest_data_objects_in_the_order_of_their_keys() -> None:
    found = in_folder(
        "in/",
        [listed("in/b.parquet"), listed("in/a.csv", is_latest=False), listed("in/a.csv"), listed("in/_SUCCESS"),
         listed("in/.a.csv.crc"), listed("in/sub/"), listed("in/h=1/c.jsonl"), listed("in/_tmp/x.parquet"),
         listed("in/report/r.csv")],
    )  # fmt: skip
    assert not isinstance(found, Unusable)
    assert [one.key for one in found] == ["in/a.csv", "in/b.parquet", "in/h=1/c.jsonl"]


def test_a_folder_whose_own_name_is_hidden_is_none_of_the_parts_matter() -> None:
    found = in_folder("in/_daily/", [listed("in/_daily/a.parquet")])
    assert not isinstance(found, Unusable)
    assert len(found) == 1


def test_a_partition_by_a_column_with_an_underscore_is_data_and_not_hidden() -> None:
    found = in_folder("in/", [listed("in/_day=2/a.parquet"), listed("in/.day=2/a.parquet"), listed("in/_day/a.csv")])
    assert not isinstance(found, Unusable)
    assert [one.key for one in found] == ["in/_day=2/a.parquet"]


def test_a_closed_folder_without_data_is_its_producers_matter() -> None:
    found = in_folder("in/", [listed("in/_SUCCESS", size=0)])
    assert isinstance(found, Unusable)
    assert found.waits_for is None


@pytest.mark.parametrize("other", ["in/c.orc", "in/c", "in/c.parquet.gz", "in/README.md"])
def test_what_is_no_table_is_never_left_out_silently(other: str) -> None:
    found = in_folder("in/", [listed("in/a.parquet"), listed(other)])
    assert isinstance(found, Unusable)
    assert (found.waits_for, other in found.reason) == ("support", True)


def objects(number: int, *, length: int = 20) -> tuple[ObjectRead, ...]:
    """Name so many objects with keys so long."""
    return tuple(
        ObjectRead(bucket="b", key=f"{at:06}".ljust(length, "x"), version_id=NO_VERSION, etag=None)
        for at in range(number)
    )


def test_as_many_parts_as_an_entry_names_are_taken_and_no_more() -> None:
    assert too_many(objects(MOST_PARTS)) is None
    assert too_many(objects(MOST_PARTS + 1)) is not None


def test_parts_with_long_names_are_bounded_by_what_they_take() -> None:
    assert too_many(objects(150, length=1024)) is not None
    assert too_many(objects(100, length=1024)) is None


@given(st.lists(st.text(max_size=40), max_size=20))
def test_what_names_take_is_what_the_entry_holds(keys: list[str]) -> None:
    named = [ObjectRead(bucket="b", key=key, version_id="v", etag=None) for key in keys]
    written = canonical([one.model_dump(mode="json") for one in named])
    assert abs(named_bytes(named) - len(written)) <= 2
    assert (named_bytes(named) > MOST_NAMED_BYTES) is (too_many(named) is not None)
