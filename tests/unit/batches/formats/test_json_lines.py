"""JSON lines are read as Arrow types them, guarded from what Arrow would not survive."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.formats import json_lines
from holdfast.batches.formats.json_lines import FORMAT
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.numeric import Distribution
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import NamedSource


def lines(*objects: str, name: str = "rows.jsonl") -> NamedSource:
    """Write objects, one a line."""
    return NamedSource(name, "".join(f"{one}\n" for one in objects).encode())


def types(*objects: str) -> dict[str, tuple[str, int, int]]:
    """Give each column's type, and how many values it has and lacks."""
    columns = read_baseline([lines(*objects)]).columns
    return {name: (column.type, column.n, column.nulls + column.nans) for name, column in columns.items()}


def test_it_is_told_by_its_name_or_its_first_brace() -> None:
    assert ".jsonl" in FORMAT.suffixes
    assert FORMAT.begins(b'\xef\xbb\xbf {"a": 1}')
    assert not FORMAT.begins(b"[1]")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1", "2"], ("int64", 2, 0)),
        (["1", "2.5", "null"], ("double", 2, 1)),
        (["NaN", "Infinity", "1"], ("double", 2, 1)),
        (["12345678901234567890"], ("double", 1, 0)),
        (["true", "null"], ("bool", 1, 1)),
        (['"x"', '"2026-01-01"'], ("string", 2, 0)),
        (['"2026-01-01"', '"2026-01-02"'], ("date32[day]", 2, 0)),
        (['"2026-01-01 10:00:00"', '"2026-01-02T10:00:00.5"'], ("timestamp[us]", 2, 0)),
        (['"1.5"'], ("string", 1, 0)),
        (["null"], ("null", 0, 1)),
        (["[1, 2]", "[]", "null"], ("list<element: int8>", 2, 1)),
    ],
)
def test_a_column_is_what_its_values_are(values: list[str], found: tuple[str, int, int]) -> None:
    assert types(*(f'{{"a": {value}, "b": 0}}' for value in values))["a"] == found


def test_an_object_within_is_columns_of_its_own() -> None:
    found = types('{"p": {"x": 1, "in": {"y": "u"}}}', '{"p": {"x": 2}}', '{"p": null}', '{"p": {}}')
    assert found == {"p.x": ("int64", 2, 2), "p.in.y": ("string", 1, 3)}


def test_a_key_that_is_left_out_is_missing() -> None:
    assert types('{"a": 1}', "{}", '{"b": "x"}') == {"a": ("int64", 1, 2), "b": ("string", 1, 2)}


def test_quoted_numbers_are_text_and_numbers_are_no_text() -> None:
    known = pa.table({"x": [1, 2], "y": ["1", "2"]})
    columns = read_counts(lines('{"x": "1", "y": 1}', '{"x": "2", "y": 2}'), Baseline.of(known)).columns
    assert (columns["x"].kind, columns["y"].kind) == (Kind.CATEGORY, Kind.NUMBER)
    assert columns["x"].counts is columns["y"].counts is None


@pytest.mark.parametrize("key", ['"a": {}', '"a": {{"b": {}}}'], ids=["plain", "within an object"])
def test_integers_that_no_float_can_tell_apart_are_counted_exactly(key: str) -> None:
    values = [1, *range(2**64 - 200, 2**64)]
    column = pa.array(values, pa.uint64())
    known = Baseline.of(pa.table({"a" if key == '"a": {}' else "a.b": column}))
    found = read_counts(lines(*(f"{{{key.format(value)}}}" for value in values)), known)
    (one,), (reference,) = found.columns.values(), known.columns.values()
    assert (one.type, one.n) == ("uint64", 201)
    assert isinstance(reference.values, Distribution)
    assert one.counts is not None
    assert one.counts.tolist() == [reference.values.below.tolist(), reference.values.at_most.tolist()]


VALUE = st.sampled_from(["1", "-2.5", "null", "NaN", "1e9"])
WORD = st.sampled_from(['"x"', '"2026-01-01"', '"2026-01-01T10:00:00"', "null", '"[[["'])


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(VALUE, WORD, st.booleans()), min_size=1, max_size=60), block=st.sampled_from([40, 200]))
def test_blocks_do_not_change_what_is_found(rows: list[tuple[str, str, bool]], block: int) -> None:
    objects = [f'{{"a": {one}, "b": {other}{", " if there else ""}{extra(there)}}}' for one, other, there in rows]
    source = lines(*objects)
    whole = read_baseline([source])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lines, "BLOCK", block)
        parted = read_baseline([source])
    assert sorted(parted.columns) == sorted(whole.columns)
    assert {name: column.type for name, column in parted.columns.items()} == {
        name: column.type for name, column in whole.columns.items()
    }


def extra(there: bool) -> str:
    """Write a key that not every object has."""
    return '"p": {"c": 1, "d": [1]}' if there else ""


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        (['{"a": 1, "a": 2}'], "twice"),
        (['{"a": 1}', '{"a": "x"}'], "changed from number to string"),
        (['{"a": 1}', "[1]"], "line 2 is no object"),
        (['{"a": 1}', "", "3"], "line 2 is no object"),
        (['{"a": 1} {"a": 2}'], "1 lines hold 2 objects"),
        (["{", '"a": 1}'], "line 2 is no object"),
        (['{"a": 1', '{"a": 2}'], "JSON parse error"),
        (['{"a": {"b": 1}, "a.b": 2}'], "two columns are named 'a.b'"),
        ([], "not one line"),
    ],
)
def test_what_is_no_object_a_line_is_refused(objects: list[str], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_baseline([lines(*objects)])


@pytest.mark.parametrize("second", ['{"a": "x"}', '{"a": {"b": 1}}', '{"a": [1]}', '{"a": true}'])
def test_a_column_of_two_sorts_is_refused_in_one_block_or_two(second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in (1 << 20, 10):
        monkeypatch.setattr(json_lines, "BLOCK", block)
        with pytest.raises(Unreadable):
            read_baseline([lines('{"a": 1}', second)])


def test_brackets_within_text_are_not_nesting() -> None:
    assert types('{"a": "' + "[" * 500 + '\\"{"}') == {"a": ("string", 1, 0)}


@pytest.mark.parametrize("depth", [65, 100_000])
def test_deep_nesting_never_reaches_the_parser(depth: int) -> None:
    with pytest.raises(BeyondLimits, match="nested more than 64 deep"):
        read_baseline([lines('{"a": ' + "[" * depth + "]" * depth + "}")])


def test_rows_times_keys_cannot_fill_the_memory() -> None:
    with pytest.raises(BeyondLimits, match="expected at most"):
        read_baseline([lines(*(f'{{"k{at}": 1}}' for at in range(30_000)))])
