"""One value has one text, and what the ledger wrote is read back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.shared.canonical import canonical, read, recall
from holdfast.shared.errors import ContractError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_written_is_read_back_and_written_the_same(value: object) -> None:
    text = canonical(value)
    assert canonical(read(text)) == canonical(recall(text)) == text


@pytest.mark.parametrize("value", [-0.0, 2**64, -(10**30), 5e-324, 1e22, 1.7976931348623157e308, "\0\u2028😀"])
def test_the_edges_of_numbers_and_text_survive(value: object) -> None:
    assert repr(recall(canonical([value]))) == repr(read(canonical([value]))) == repr([value])


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, float("nan"), [10**5000], {1: 2, "a": 3}, {1, 2}, b"x"])
def test_what_json_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ContractError, match="cannot be kept"):
        canonical(value)


@pytest.mark.parametrize(
    "text", ["NaN", "[-Infinity]", "1e400", '{"a": [-1e999]}', "9" * 400 + ".0", "1" * 5000, "[" * 100_000, b"\xff", ""]
)
def test_what_is_not_a_number_or_not_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ContractError):
        read(text)


@pytest.mark.parametrize("text", [b"NaN", b"[" * 100_000, b'"\xff"', b'"\\ud800"', b"{} {}", b""])
def test_what_the_ledger_never_writes_is_not_recalled(text: bytes) -> None:
    with pytest.raises(ContractError):
        recall(text)


def test_a_repeated_key_is_noticed_once_written_again() -> None:
    text = b'{"a":1,"a":2}'
    assert json.loads(text) == recall(text)
    assert canonical(recall(text)) != text
