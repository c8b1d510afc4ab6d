"""What a verdict asks of a model's contract is taken in once, whoever comes to it."""

from hypothesis import given
from hypothesis import strategies as st

from holdfast.batches.entries import MOST_EVOLVED, ColumnAdded, ObjectRead, SchemaEvolved
from holdfast.batches.evolution import taken_in
from holdfast.batches.schema import SchemaState, evolve, fingerprint
from holdfast.ledger.contract import Cause
from holdfast.ledger.logic import Author, Link, append
from tests.conftest import NOON

SOURCE = ObjectRead(bucket="b", key="k", version_id="v", etag="e")
VERDICT = "c" * 64


def proposed(*names: str, version: int = 2) -> SchemaEvolved:
    """Ask for columns of text to be taken in."""
    return SchemaEvolved(
        model="bike", version=version, baseline="a" * 64, source=SOURCE, columns_omitted=0, settled=(),
        columns=tuple(ColumnAdded(name=name, type="string") for name in names),
        fingerprints={fingerprint(name): "text" for name in names},
    )  # fmt: skip


def after(state: SchemaState, asked: SchemaEvolved) -> SchemaState:
    """Take a proposal in as the ledger would."""
    decision = taken_in(state, asked, verdict=VERDICT)
    if decision is None:
        return state
    entry = append(decision, stream="s", after=Link(), author=Author("a", "m"), cause=Cause("e", "e"), now=NOON)
    return evolve(state, entry)


def test_two_verdicts_on_the_same_new_column_make_one_version() -> None:
    one = after(SchemaState(), proposed("wind"))
    assert (one.version, set(one.optional)) == (2, {fingerprint("wind")})
    assert taken_in(one, proposed("wind"), verdict=VERDICT) is None


def test_what_another_took_in_meanwhile_is_left_out() -> None:
    state = after(after(SchemaState(), proposed("wind")), proposed("wind", "rain"))
    assert state.version == 3
    assert state.optional[fingerprint("rain")].endswith("@3")
    assert state.optional[fingerprint("wind")].endswith("@2")


def test_a_verdict_is_taken_in_once_even_after_a_later_baseline_settled_its_columns() -> None:
    later = SchemaState(version=5)
    first = taken_in(SchemaState(), proposed("wind"), verdict=VERDICT)
    again = taken_in(later, proposed("wind"), verdict=VERDICT)
    other = taken_in(later, proposed("wind"), verdict="d" * 64)
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.id == again.id != other.id


@given(st.lists(st.sets(st.sampled_from("abcdefgh"), min_size=1), max_size=6))
def test_in_whatever_order_proposals_come_every_column_is_in_once(asked: list[set[str]]) -> None:
    forth, back = SchemaState(), SchemaState()
    for names in asked:
        forth = after(forth, proposed(*sorted(names)))
    for names in reversed(asked):
        back = after(back, proposed(*sorted(names)))
    assert set(forth.optional) == set(back.optional) == {fingerprint(name) for names in asked for name in names}


def test_a_contract_has_its_bound() -> None:
    state = SchemaState(optional={f"{number:012d}": "text@2" for number in range(MOST_EVOLVED)})
    assert taken_in(state, proposed("wind"), verdict=VERDICT) is None
