"""CSV is read as text, then as what the reference says it is; what is no CSV is refused without a word of the data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.decision import assess
from holdfast.batches.formats import csv
from holdfast.batches.formats.csv import FORMAT
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import NamedSource
from holdfast.batches.verdict import Level

SECRET = "canary-7"


def text(*lines: str, name: str = "rows.csv") -> NamedSource:
    """Write lines."""
    return NamedSource(name, "".join(f"{line}\n" for line in lines).encode())


def types(source: NamedSource) -> dict[str, tuple[str, int, int]]:
    """Give each column's type, and how many values it has and lacks."""
    columns = read_baseline([source]).columns
    return {name: (column.type, column.n, column.nulls + column.nans) for name, column in columns.items()}


def test_it_is_told_by_its_name() -> None:
    assert FORMAT.suffixes == (".csv", ".csv.gz")
    assert not FORMAT.begins(b"a,b\n")


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1", "2", ""], ("int64", 2, 1)),
        (["1", " 2 ", "NA"], ("int64", 2, 1)),
        (["1", "2.5", "nan"], ("double", 2, 1)),
        (["1e3", "-Infinity"], ("double", 2, 0)),
        (["1", "x"], ("string", 2, 0)),
        (["007", "12345678901234567890"], ("double", 2, 0)),
        (["true", "False", ""], ("bool", 2, 1)),
        (["2026-01-31", "2026-02-01"], ("date32[day]", 2, 0)),
        (["2026-01-31", "2026-02-01 10:00:00.5"], ("timestamp[us]", 2, 0)),
        (["2026-01-31T10:00:00Z", "2026-01-31T10:00:00+02:00"], ("timestamp[us, tz=UTC]", 2, 0)),
        (["2026-01-31T10:00:00.123456789", "2026-02-01"], ("timestamp[ns]", 2, 0)),
        (["2026-01-31T10:00:00.1234567Z", "2026-01-31T10:00:00+02:00"], ("timestamp[ns, tz=UTC]", 2, 0)),
        (["1500-01-31T10:00:00.123456789", "2026-02-01"], ("string", 2, 0)),
        (["10:30:00", "23:59:59.25"], ("time64[us]", 2, 0)),
        (["", ""], ("null", 0, 2)),
        (["NA", "x"], ("string", 2, 0)),
    ],
)
def test_a_column_is_the_first_type_that_takes_all_its_values(values: list[str], found: tuple[str, int, int]) -> None:
    assert types(text("a,b", *(f"{value},z" for value in values)))["a"] == found


CELL = st.sampled_from(["", "1", "2", "-3.5", "x", "true", "2026-01-01", "nan", "1e9", '"q,\n"'])


@settings(max_examples=40, deadline=None)
@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=60), block=st.sampled_from([24, 64, 200]))
def test_blocks_do_not_change_what_is_found(cells: list[tuple[str, str]], block: int) -> None:
    source = text("a,b,c", *(f"{one},{other},0" for one, other in cells))
    whole = read_baseline([source]).to_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv, "BLOCK", block)
        assert read_baseline([source]).to_bytes() == whole


def test_a_value_that_is_no_number_makes_its_column_text(draw: Callable[..., pa.Table]) -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2, 3], "y": [1.5, 2.5, 3.5]}))
    column = read_counts(text("x,y", "1,2", f"{SECRET},3", "3,4"), baseline).columns
    assert (column["x"].kind, column["x"].n, column["x"].counts) == (Kind.CATEGORY, 3, None)
    assert (column["x"].unparsed, column["y"].unparsed) == (1, 0)
    assert (column["y"].type, column["y"].kind) == ("double", Kind.NUMBER)


def test_a_column_takes_the_type_of_the_reference() -> None:
    known = {"a": pa.array(["1", "2"]), "b": pa.array([1, 2], pa.int8()), "c": pa.array([1.5, 2], pa.float32())}
    counts = read_counts(text("a,b,c", "1,2,3", "2,3,0.1", "3,4,5"), Baseline.of(pa.table(known)))
    assert {name: column.type for name, column in counts.columns.items()} == {
        "a": "string", "b": "int8", "c": "float",
    }  # fmt: skip
    assert counts.columns["a"].counts.tolist() == [1, 1, 1]  # type: ignore[union-attr]


def test_a_wider_value_widens_the_type_within_its_kind() -> None:
    counts = read_counts(text("b", "1", "70000"), Baseline.of(pa.table({"b": pa.array([1, 2], pa.int8())})))
    assert counts.columns["b"].type == "int64"


def test_an_empty_field_is_missing_and_a_quoted_one_is_an_empty_text() -> None:
    counts = read_counts(text("a,b", ",1", '"",2', "x,3"), Baseline.of(pa.table({"a": ["x", ""]})))
    assert (counts.columns["a"].nulls, counts.columns["a"].n) == (1, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
        b"a,b\r\n1,x\r\n2,y\r\n",
        b"a,b\r1,x\r2,y",
        b'"a","b"\n"1","x"\n2,y\n\n\n',
    ],
)
def test_marks_and_line_ends_of_any_writer_are_read(data: bytes) -> None:
    assert types(NamedSource("rows.csv", data)) == {"a": ("int64", 2, 0), "b": ("string", 2, 0)}


def test_a_line_break_in_quotes_is_part_of_the_value() -> None:
    assert read_baseline([text("a,b", '1,"one\r\ntwo"', '2,"x"')]).rows == 2


def test_a_header_alone_is_a_table_without_rows() -> None:
    assert types(text("a,b")) == {"a": ("null", 0, 0), "b": ("null", 0, 0)}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a,b", "1,2", f"{SECRET}"], "row 3 has 1 fields, the header 2"),
        (["a,b", "1,2", f"1,2,{SECRET}"], "row 3 has 3 fields, the header 2"),
        (["a,a", f"1,{SECRET}"], "two columns are named 'a'"),
        (["a,b", f'1,"{SECRET}', "2,3"], "a quote is opened and never closed"),
        (["1.5,2", "3,4"], "a header is missing"),
    ],
)
def test_what_is_wrong_is_said_without_the_data(lines: list[str], said: str) -> None:
    with pytest.raises(Unreadable, match=said) as caught:
        read_baseline([text(*lines)])
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("rows", [(), ("1",)])
def test_a_header_wider_than_a_block_is_beyond_us_and_not_empty(rows: tuple[str, ...]) -> None:
    header = ",".join(f"column{place}" for place in range(300_000))
    with pytest.raises(BeyondLimits, match="a row takes more than"):
        read_baseline([text(header, *rows)])


def test_a_row_that_is_no_text_is_not_quoted_either() -> None:
    with pytest.raises(Unreadable, match="row 3 has 1 fields") as caught:
        read_baseline([NamedSource("rows.csv", b"a,b\n1,2\n" + SECRET.encode() + b"\xff\n")])
    assert SECRET not in str(caught.value)


def test_numbered_columns_are_a_header() -> None:
    assert list(types(text("0,1", "2.5,x"))) == ["0", "1"]


def test_latin_letters_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(Unreadable, match="no text in UTF-8"):
        read_baseline([NamedSource("rows.csv", "a,b\n1,é\n".encode("latin-1"))])


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    path = tmp_path / "rows.csv"
    with path.open("w") as file:
        file.write("x,y\n")
        for _ in range(40):
            file.write("".join(f"{one:.17g},{other:.17g}\n" for one, other in random.random((10_000, 2)).tolist()))
    before = pa.default_memory_pool().max_memory()
    assert read_baseline([path]).rows == 400_000
    assert pa.default_memory_pool().max_memory() - before < 100 << 20


def test_time_that_is_up_stops_it() -> None:
    with pytest.raises(BeyondLimits, match="in the time there is"):
        read_baseline([text("a", "1")], expired=lambda: True)


def test_how_many_values_are_no_number_is_told_and_not_what_they_are() -> None:
    baseline = Baseline.of(pa.table({"x": [1.5, 2, 3] * 50}))
    values = [f"{SECRET}-{at}" if at % 10 == 0 else str(at) for at in range(150)]
    counts = read_counts([text("x,y", *(f"{value},0" for value in values))] * 2, baseline)
    verdict = assess(baseline, Counts.from_bytes(counts.to_bytes()), DriftPolicy())
    (said,) = (column.detail for column in verdict.columns if column.name == "x" and column.level is Level.DRIFT)
    assert "at least 30 of its values are none" in said
    assert SECRET not in verdict.model_dump_json()


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_asked_about_and_not_guessed(mark: str) -> None:
    lines = [mark.join(cells) for cells in (("x", "y", "z"), ("1", SECRET, "3"), ("4", "5", "6"))]
    baseline = Baseline.of(pa.table({"x": [1], "y": ["a"], "z": [2.5]}))
    for rows in (lines, lines[:1]):
        with pytest.raises(Unreadable, match=r"1 column, with .+ 2 times in its name: is it separated by") as e:
            read_counts([text(*rows)], baseline)
        assert SECRET not in str(e.value)
    assert list(types(text(*lines))) == [lines[0]], "a reference says itself what its columns are"


def test_decimal_commas_between_other_separators_are_asked_about_too() -> None:
    with pytest.raises(
        Unreadable, match="row 2 has 2 fields, the header 1 with ';' in it: is it separated by ';'"
    ) as e:
        read_baseline([text("x;y", f"1,5;{SECRET}")])
    assert SECRET not in str(e.value)


def test_one_column_may_have_such_a_mark_in_its_name_if_its_values_are_not_cut_by_it() -> None:
    assert list(types(text("a;b", "1", "2"))) == ["a;b"]
    known = Baseline.of(pa.table({"a;b": ["x;y"]}))
    assert list(read_counts([text("a;b", "x;y")], known).columns) == ["a;b"], "the reference has it so"


@pytest.mark.parametrize("value", ["3,14", "-1.234,5", "1,234,567", "1,234.50", " 3,1 "])
def test_numbers_with_commas_are_refused_where_the_reference_has_numbers(value: str) -> None:
    baseline = Baseline.of(pa.table({"x": [1.5, 2, 3], "y": [1, 2, 3]}))
    good, bad = text("x,y", "1,2", ",3"), text("x,y", "1,2", f'"{value}",3')
    for parts in ([bad], [good, bad], [bad, good]):
        with pytest.raises(Unreadable, match="column 'x' has commas in its numbers, perhaps as decimal commas") as e:
            read_counts(parts, baseline)
        assert value not in str(e.value)


def test_a_number_with_a_comma_beside_words_is_a_text_among_others_however_the_rows_are_cut() -> None:
    baseline = Baseline.of(pa.table({"x": [1.5, 2, 3]}))
    commas, words = text("x", '"3,14"'), text("x", "word")
    whole = read_counts([text("x", '"3,14"', "word")], baseline)
    assert whole.columns["x"].type == "string"
    for parts in ([commas, words], [words, commas]):
        assert read_counts(parts, baseline).columns["x"].unparsed == whole.columns["x"].unparsed == 2


def test_commas_in_a_text_or_an_unknown_column_are_nobodys_business() -> None:
    baseline = Baseline.of(pa.table({"x": ["1,5"]}))
    assert read_counts([text("x,new", '"3,14","3,14"')], baseline).columns["new"].type == "string"


@pytest.mark.parametrize("row", [f"{SECRET},1.5", f"2026-01-02,{SECRET}", f"{SECRET};1,5"])
def test_a_first_row_of_data_is_refused_and_not_told(row: str) -> None:
    baseline = Baseline.of(pa.table({"x": ["a"], "y": [1]}))
    with pytest.raises(Unreadable, match=r"none of the 2 names in its first row is known, .+ a header is missing") as e:
        read_counts([text(row, row)], baseline)
    assert SECRET not in str(e.value)
    assert set(read_counts([text("other,names", row.replace(";", ""))], baseline).columns) == {"other", "names"}


@pytest.mark.parametrize("rows", [(f"{SECRET},1.5", "b,2"), (f"{SECRET},{SECRET},5",), (f"{SECRET};2026-01-02",)])
def test_nor_is_a_first_row_of_data_told_in_a_later_file_or_where_a_value_stands_in_it_twice(rows: tuple[str]) -> None:
    baseline, good = Baseline.of(pa.table({"x": ["a"], "y": [1]})), text("x,y", "a,1")
    for parts in ([good, text(*rows)], [text(*rows), good], [text(*rows)]):
        with pytest.raises(Unreadable, match=r"a header is missing|is a header missing\?") as e:
            read_counts(parts, baseline)
        assert SECRET not in str(e.value)
    with pytest.raises(Unreadable, match=r"a header is missing|is a header missing\?"):
        read_baseline([good, text(*rows)])
