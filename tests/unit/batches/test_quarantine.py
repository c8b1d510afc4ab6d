"""Where a refused batch is kept, and how its original is marked."""

import hashlib
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.entries import BatchJudged, BatchQuarantined, ObjectRead
from holdfast.batches.logic import BatchState, Described, Verdict
from holdfast.batches.logic import decide as judge
from holdfast.batches.quarantine import (
    DECISION_TAG,
    MOST_TAGS,
    PART,
    TAG,
    SetAside,
    copy_key,
    decide,
    marked,
    objects_of,
    order_of,
    outcome_id,
    parts,
    unmarked,
)
from holdfast.batches.verdict import BatchAssessment, Level, refused
from holdfast.ledger.contract import Cause, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.errors import ContractError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DECISION = "d" * 64


def judged(
    key: str = "in/a.parquet", *, version_id: str = "v1", assessment: BatchAssessment | None = None
) -> BatchJudged:
    """Refuse a batch."""
    source = ObjectRead(bucket="ml-data", key=key, version_id=version_id, etag="e1")
    return Verdict.of(assessment or refused("not parquet"), Described(source, 10, NOON), model="bike").body


def entry_of(body: BatchJudged) -> Entry:
    """Put a verdict on record."""
    decision = judge(BatchState(), body, reason="because")
    assert decision is not None
    return append(decision, stream="b", after=Link(), author=Author("a", "m"), cause=Cause("e", "e"), now=NOON)


def test_only_a_quarantined_verdict_orders_a_copy() -> None:
    assert order_of(entry_of(judged())).level == Level.QUARANTINED
    fine = judged(assessment=BatchAssessment(level=Level.NONE, n=1, reason="well"))
    with pytest.raises(ContractError, match="only quarantined"):
        order_of(entry_of(fine))


def test_the_copy_lies_where_no_key_can_send_it() -> None:
    digest = hashlib.sha256(b"in/a.parquet").hexdigest()
    assert copy_key("bike", judged().source) == f"bike/ml-data/v1/{digest}/a.parquet"
    hostile = copy_key("bike", judged("in/../../../etc/x.parquet").source)
    assert ".." not in hostile.split("/")


def test_contents_that_share_a_name_have_copies_of_their_own() -> None:
    assert copy_key("bike", judged(version_id="null").source).split("/")[2] == "null-e1"


@given(st.text(min_size=1, max_size=1024))
def test_a_copy_key_fits_whatever_the_key(key: str) -> None:
    assert len(copy_key("bike", judged(key, version_id="v" * 128).source).encode()) <= 1024


@given(st.integers(min_value=1, max_value=5 * 1024**4))
def test_parts_cover_every_byte_once_and_the_plan_is_one_that_s3_takes(size: int) -> None:
    plan = parts(size)
    assert len(plan) <= 10_000
    assert plan[0].first == 0
    assert plan[-1].last == size - 1
    assert all(after.first == before.last + 1 for before, after in pairwise(plan))
    assert all(part.last - part.first + 1 == PART for part in plan[:-1])
    assert parts(size) == plan


def test_our_tags_are_added_to_those_that_are_there() -> None:
    marking = marked({"team": "mobility"}, DECISION)
    assert marking.tags == {"team": "mobility", "holdfast": "quarantined", "holdfast-decision": DECISION}
    assert marking.note is None
    assert marked(marking.tags, DECISION) == marking


@pytest.mark.parametrize(("own", "note"), [(8, None), (9, "holdfast-decision"), (10, "holdfast and holdfast-decision")])
def test_no_tag_of_the_user_is_dropped_to_make_room(own: int, note: str | None) -> None:
    existing = {f"tag-{number}": "x" for number in range(own)}
    marking = marked(existing, DECISION)
    assert existing.items() <= marking.tags.items()
    assert len(marking.tags) <= MOST_TAGS
    assert marking.note == (None if note is None else f"no room for the tag {note} beside the object's own {own}")


def test_the_outcome_says_what_was_done_and_is_one_per_verdict() -> None:
    copied = ObjectRead(bucket="q", key="k", version_id="c1", etag="e1")
    done = decide(judged(), [SetAside(copied, marked({}, DECISION))], verdict=DECISION)
    gone = decide(judged(), [SetAside(None, None)], verdict=DECISION)
    assert done.id == gone.id == outcome_id(DECISION)
    assert (done.outcome, gone.outcome) == ("copied", "gone")
    assert isinstance(done.body, BatchQuarantined)
    assert (done.body.tagged, done.body.copied_to) == (True, copied)


def test_a_full_set_of_tags_is_said_in_the_outcome() -> None:
    full = marked({f"tag-{number}": "x" for number in range(10)}, DECISION)
    copied = ObjectRead(bucket="q", key="k", version_id="c1", etag="e1")
    done = decide(judged(), [SetAside(copied, full)], verdict=DECISION)
    assert isinstance(done.body, BatchQuarantined)
    assert not done.body.tagged
    assert "no room" in done.reason


def with_parts(number: int) -> BatchJudged:
    """Refuse a batch of so many parts, which a marker closes."""
    said = tuple(ObjectRead(bucket="ml-data", key=f"in/{at}.parquet", version_id="v", etag="e") for at in range(number))
    return judged("in/_SUCCESS").model_copy(update={"parts": said, "closed_by": "success"})


def test_the_marker_and_every_part_are_set_aside() -> None:
    found = [one.key for one in objects_of(with_parts(3))]
    assert found == ["in/_SUCCESS", "in/0.parquet", "in/1.parquet", "in/2.parquet"]


def test_parts_that_are_gone_are_counted_and_said() -> None:
    copied = ObjectRead(bucket="q", key="k", version_id="c1", etag="e1")
    whole, gone = SetAside(copied, marked({}, DECISION)), SetAside(None, None)
    done = decide(with_parts(3), [whole, whole, gone, whole], verdict=DECISION)
    assert isinstance(done.body, BatchQuarantined)
    assert (done.outcome, done.body.parts_copied, done.body.parts_gone) == ("copied", 2, 1)
    assert not done.body.tagged
    assert "1 of 3 parts are gone" in done.reason


tag_sets = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=8)


@given(tag_sets)
def test_what_is_marked_and_unmarked_bears_its_owners_tags_alone(own: dict[str, str]) -> None:
    own = {key: value for key, value in own.items() if key not in (TAG, DECISION_TAG)}
    assert unmarked(marked(own, DECISION).tags, DECISION) == own


def test_the_mark_of_another_verdict_stays() -> None:
    other = marked({}, "e" * 64).tags
    assert unmarked(other, DECISION) == other
    assert unmarked({TAG: "their own word"}, DECISION) == {TAG: "their own word"}
