"""A chain proves itself, and shows where it was touched."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from holdfast.ledger.contract import Cause, Decision, Entry, Fold, identify
from holdfast.ledger.logic import (
    GENESIS,
    MOST_ENTRY_BYTES,
    MOST_STATE_BYTES,
    Author,
    Link,
    append,
    digest,
    digest_of_line,
    refold,
    reread,
    snapshot,
    verify,
)
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted
from holdfast.shared.errors import ContractError, IntegrityError

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUTHOR = Author("judge", "m" * 64)


class Body(Emitted):
    """A decision's body."""

    value: float = 1.0


class Total(BaseModel):
    """A state."""

    seen: int = 0
    last: int = 0


FOLD = Fold(Total, 1, lambda state, entry: Total(seen=state.seen + 1, last=entry.sequence))


def decision(number: int, stream: str = "a") -> Decision:
    """Take a decision."""
    return Decision("Thing Judged", stream, "pass", "because", Body(value=number), (stream, str(number)))


def chain(length: int, stream: str = "a") -> list[Entry]:
    """Chain some entries."""
    entries: list[Entry] = []
    link = Link()
    for number in range(length):
        cause = Cause("event", "chain")
        entries.append(append(decision(number, stream), stream=stream, after=link, author=AUTHOR, cause=cause, now=NOW))
        link = Link(entries[-1].sequence, entries[-1].hash)
    return entries


def test_a_decision_id_is_of_business_facts_alone() -> None:
    again = Decision("Thing Judged", "other", "fail", "else", Body(value=9), ("a", "1"))
    assert again.id == decision(1).id == identify("Thing Judged", "a", "1")
    assert decision(1).id != decision(2).id


def test_facts_cannot_run_together() -> None:
    assert identify("kind", "ab", "c") != identify("kind", "a", "bc")


def test_an_honest_chain_verifies_and_says_where_it_ends() -> None:
    entries = chain(5)
    assert entries[0].previous == GENESIS
    assert verify(entries) == {"a": Link(5, entries[-1].hash)}


def test_streams_may_be_interleaved() -> None:
    left, right = chain(3, "left"), chain(2, "right")
    assert set(verify([left[0], right[0], left[1], left[2], right[1]])) == {"left", "right"}


@given(
    at=st.integers(0, 4),
    what=st.sampled_from(["body", "reason", "outcome", "actor", "recorded_at", "manifest", "cause"]),
)
def test_any_changed_field_is_found_where_it_is(at: int, what: str) -> None:
    entries = chain(5)
    changed = {"body": {"value": 666.0}, "recorded_at": datetime(2020, 1, 1, tzinfo=UTC)}.get(what, "changed")
    entries[at] = entries[at].model_copy(update={what: changed})
    with pytest.raises(IntegrityError, match=f"a entry {at + 1}: its content does not match"):
        verify(entries)


@given(at=st.integers(0, 3))
def test_an_entry_resealed_breaks_the_next_link(at: int) -> None:
    entries = chain(5)
    forged = entries[at].model_copy(update={"reason": "nothing happened"})
    entries[at] = forged.model_copy(update={"hash": digest(forged)})
    with pytest.raises(IntegrityError, match=f"a entry {at + 2}: previous is"):
        verify(entries)


@pytest.mark.parametrize("drop", range(4))
def test_a_dropped_entry_is_found(drop: int) -> None:
    entries = chain(5)
    del entries[drop]
    with pytest.raises(IntegrityError, match=f"a entry {drop + 2}: follows entry {drop}"):
        verify(entries)


def test_two_swapped_entries_are_found() -> None:
    entries = chain(4)
    entries[1], entries[2] = entries[2], entries[1]
    with pytest.raises(IntegrityError, match="a entry 3: follows entry 1"):
        verify(entries)


def test_one_decision_in_two_streams_is_found() -> None:
    left = chain(1, "left")
    link_free = append(decision(0, "left"), stream="right", after=Link(), author=AUTHOR, cause=Cause("e", "c"), now=NOW)
    with pytest.raises(IntegrityError, match="is already entry 1 of left"):
        verify([*left, link_free])


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_json_never_enters(value: float) -> None:
    with pytest.raises(ContractError, match="canonical json"):
        append(
            Decision("Thing Judged", "a", "pass", "because", Body.model_construct(value=value), ("a",)),
            stream="a", after=Link(), author=AUTHOR, cause=Cause("event", "chain"), now=NOW,
        )  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["hash", ',"hash":"', "a"]) | st.text(), inner),
    max_leaves=12,
)


class Anything(Emitted):
    """A body of whatever sort."""

    value: Any


def entry_of(value: Any, *, at: datetime = NOW, reason: str = "because") -> Entry:
    """Append one entry with this body."""
    taken = Decision("Thing Judged", "a", "pass", reason, Anything(value=value), ("a",))
    return append(taken, stream="a", after=Link(), author=AUTHOR, cause=Cause("event", "chain"), now=at)


@given(value=JSON, microsecond=st.integers(0, 999_999))
def test_whatever_was_kept_is_read_back_and_still_verifies(value: Any, microsecond: int) -> None:
    entry = entry_of(value, at=NOW.replace(microsecond=microsecond))
    line = canonical(entry.model_dump(mode="json"))
    again = reread(line.decode(), where="here")
    assert again == entry
    assert canonical(again.model_dump(mode="json")) == line
    assert digest_of_line(line, entry.hash) == digest(again) == entry.hash


def test_the_hash_of_a_line_leaves_out_the_entrys_own_hash_alone() -> None:
    seal = entry_of(1).hash
    entry = entry_of({"hash": seal, "inner": [{"a": 1, "hash": seal}]}, reason=f',"hash":"{seal}"')
    line = canonical(entry.model_dump(mode="json"))
    assert digest_of_line(line, entry.hash) == entry.hash
    assert digest_of_line(line.replace(b"because", b"becaus3"), seal) != entry.hash


@pytest.mark.parametrize("value", [object(), b"\xff", "\ud800", {"\ud800": 1}, [10**5000]])
def test_what_cannot_be_written_is_the_producers_matter(value: Any) -> None:
    with pytest.raises(ContractError, match="cannot be kept"):
        entry_of(value)


@pytest.mark.parametrize("depth", [210, 5000])
def test_what_could_not_be_read_back_never_enters(depth: int) -> None:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    with pytest.raises(ContractError):
        entry_of(value)


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=2)), timezone(timedelta(seconds=5))])
def test_times_are_kept_in_utc_alone(zone: timezone | None) -> None:
    with pytest.raises(ContractError, match="recorded_at must be in UTC"):
        entry_of(1, at=NOW.replace(tzinfo=zone))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"kind": NaN}'])
def test_what_is_no_entry_is_an_auditors_matter(text: str) -> None:
    with pytest.raises(IntegrityError, match="here is not an entry"):
        reread(text, where="here")


def test_an_entry_touched_since_is_not_read_back() -> None:
    line = canonical(entry_of(1).model_dump(mode="json")).decode()
    with pytest.raises(IntegrityError, match="here: its content does not match its hash"):
        reread(line.replace("because", "becauze"), where="here")


def test_an_entry_may_be_as_large_as_dynamodb_allows_and_no_larger() -> None:
    empty = len(canonical(entry_of("").model_dump(mode="json")))
    assert len(canonical(entry_of("ä" * ((MOST_ENTRY_BYTES - empty) // 2)).model_dump(mode="json"))) <= MOST_ENTRY_BYTES
    with pytest.raises(ContractError, match=f"expected at most {MOST_ENTRY_BYTES}"):
        entry_of("ä" * ((MOST_ENTRY_BYTES - empty) // 2 + 1))


def test_a_state_is_the_fold_of_its_entries() -> None:
    assert refold(chain(4), FOLD) == Total(seen=4, last=4)


def test_a_state_that_grows_without_bound_is_refused() -> None:
    class Wide(BaseModel):
        text: str

    with pytest.raises(ContractError, match=str(MOST_STATE_BYTES)):
        snapshot(Wide(text="x" * (MOST_STATE_BYTES + 1)), stream="a")


def test_canonical_json_does_not_depend_on_order() -> None:
    assert (
        canonical({"b": 1, "a": [1.5, None, "ä"]})
        == canonical({"a": [1.5, None, "ä"], "b": 1})
        == '{"a":[1.5,null,"ä"],"b":1}'.encode()
    )
