"""The parts of one batch are one: added up in any order, by any number of processes, and refused if they differ."""

import io
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from holdfast.batches.kernel import sampled
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.kernel.probe import AnyProbe, Probe
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import NamedSource


def table(rows: int, seed: int = 1) -> pa.Table:
    """Draw rows."""
    random = np.random.default_rng(seed)
    x = random.standard_normal(rows)
    return pa.table(
        {
            "x": pa.array(x, mask=random.random(rows) < 0.1),
            "y": pa.array(x + random.standard_normal(rows)),
            "n": random.poisson(4, rows),
            "c": pa.array(random.choice(["a", "b", "new"], rows)),
            "tags": pa.array(([["t"], None] * rows)[:rows]),
        }
    )


def parquet(data: pa.Table, name: str = "") -> NamedSource:
    """Write Parquet under a name."""
    sink = io.BytesIO()
    pq.write_table(data, sink, row_group_size=700, write_page_checksum=True)
    return NamedSource(name, sink.getvalue())


def parts(*rows: int) -> list[NamedSource]:
    """Draw parts of so many rows."""
    return [parquet(table(count, seed), f"part-{seed}.parquet") for seed, count in enumerate(rows)]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    """Take a reference."""
    return read_baseline([parquet(table(3_000, 9))])


def test_parts_count_as_their_rows_in_one_file(baseline: Baseline) -> None:
    several = parts(1_000, 10, 2_500)
    whole = pa.concat_tables([pq.read_table(io.BytesIO(part.data)) for part in several])  # type: ignore[arg-type]
    assert read_counts(several, baseline).to_bytes() == read_counts(parquet(whole), baseline).to_bytes()
    assert read_counts(several, baseline).to_bytes() == Counts.of(baseline, whole).to_bytes()


def test_the_order_of_parts_does_not_matter(baseline: Baseline) -> None:
    several = parts(800, 10, 1_500)
    assert len({read_counts(list(order), baseline).to_bytes() for order in permutations(several)}) == 1


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_several_processes_find_what_one_does(
    baseline: Baseline, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sources: Sequence[Any] = parts(800, 10, 1_500)
    if kind == "csv":
        sources = [NamedSource(f"{at}.csv", f"x,y,n,c\n{at}.5,1,2,a\n".encode() * 1) for at in range(3)]
    else:
        (tmp_path / "p.parquet").write_bytes(sources[0].data)
        sources = [tmp_path / "p.parquet", *sources[1:]]
    assert read_counts(sources, baseline, workers=2).to_bytes() == read_counts(sources, baseline).to_bytes()
    assert read_baseline(sources, workers=2).to_bytes() == read_baseline(sources).to_bytes()


def test_a_process_says_what_is_wrong_as_one_alone_does(baseline: Baseline) -> None:
    broken = bytearray(parts(5_000)[0].data)  # type: ignore[arg-type]
    broken[2_000:2_100] = bytes(100)
    sources = [*parts(100), NamedSource("broken.parquet", bytes(broken))]
    for workers in (1, 2):
        with pytest.raises(Unreadable, match="cannot be decoded"):
            read_counts(sources, baseline, workers=workers)
    with pytest.raises(BeyondLimits, match="in the time there is"):
        read_counts(parts(100, 100), baseline, workers=2, expired=lambda: True)


def test_the_sample_of_many_rows_is_the_same_for_any_number_of_processes(
    baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampled, "MOST_ROWS", 100)
    several = parts(800, 11, 1_500)
    counts = read_counts(several, baseline)
    assert counts.to_bytes() == read_counts(several, baseline, workers=2).to_bytes()
    assert counts.joint is not None
    assert counts.joint.rows in (96, 97), "one of each 24 of 2,311 rows, wherever the files begin"
    assert counts.joint.correlations()[0, 1] == pytest.approx(0.7, abs=0.2)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"x": ["1.5"], "y": [1]}, "column 'x' is double in 'a.parquet', string in 'b.parquet'"),
        ({"x": [1.5]}, "column 'y' is in 'a.parquet', not in 'b.parquet'"),
        ({"x": [1.5], "y": [1], "z": [1]}, "column 'z' is in 'b.parquet', not in 'a.parquet'"),
    ],
)
def test_parts_that_differ_are_no_batch(baseline: Baseline, other: dict[str, Any], said: str) -> None:
    sources = [parquet(pa.table({"x": [1.5], "y": [1]}), "a.parquet"), parquet(pa.table(other), "b.parquet")]
    with pytest.raises(Unreadable, match=said):
        read_counts(sources, baseline)


def test_parts_may_differ_in_the_order_of_columns_in_width_and_in_having_no_value(baseline: Baseline) -> None:
    sources = [
        parquet(pa.table({"x": [1.5, 2], "n": pa.array([1, 2], pa.int8())})),
        parquet(pa.table({"n": pa.array([3], pa.int32()), "x": pa.nulls(1)})),
    ]
    columns = read_counts(sources, baseline).columns
    assert (columns["x"].n, columns["x"].nulls, columns["n"].n) == (2, 1, 3)


def test_a_broken_part_is_named(baseline: Baseline) -> None:
    with pytest.raises(Unreadable, match=r"'b.parquet': the footer cannot be decoded"):
        read_counts([*parts(10), NamedSource("b.parquet", b"PAR1 no more")], baseline)
    with pytest.raises(Unreadable, match=r"'b.csv': row 2 has 1 fields"):
        read_counts([NamedSource("a.csv", b"x,y\n1,2\n"), NamedSource("b.csv", b"x,y\n1\n")], baseline)


def test_text_parts_take_one_type_whichever_shows_it(baseline: Baseline) -> None:
    sources = [NamedSource(f"{value}.csv", f"x,q\n1,{value}\n".encode()) for value in ("1", "2.5", "")]
    for order in permutations(sources):
        columns = read_counts(list(order), baseline).columns
        assert (columns["q"].type, columns["q"].n, columns["q"].nulls) == ("double", 2, 1)
    sources.append(NamedSource("z.csv", b"x,q\nword,1\n"))
    assert read_counts(sources, baseline).columns["x"].type == "string"


def test_text_parts_must_have_the_same_header_but_objects_may_leave_keys_out(baseline: Baseline) -> None:
    with pytest.raises(Unreadable, match=r"column 'q' is in 'b.csv', not in 'a.csv'"):
        read_counts([NamedSource("a.csv", b"x\n1\n"), NamedSource("b.csv", b"x,q\n1,2\n")], baseline)
    lines = [NamedSource("a.jsonl", b'{"x": 1}\n'), NamedSource("b.jsonl", b'{"q": 2}\n')]
    assert {name: column.nulls for name, column in read_counts(lines, baseline).columns.items()} == {"x": 1, "q": 1}


@pytest.mark.parametrize("workers", [1, 2])
def test_objects_may_leave_out_what_a_table_beside_them_has(baseline: Baseline, workers: int) -> None:
    sources = [parquet(pa.table({"x": [1.5], "n": [1], "c": ["a"]}), "a.parquet"), NamedSource("b.jsonl", b'{"x": 2}')]
    for order in (sources, sources[::-1]):
        counts = read_counts(order, baseline, workers=workers)
        found = {name: (column.type, column.n, column.nulls) for name, column in counts.columns.items()}
        assert found == {"x": ("double", 2, 0), "n": ("int64", 1, 1), "c": ("string", 1, 1)}
        assert counts.joint is not None
        assert counts.joint.rows == 2


def test_columns_come_in_the_order_of_the_first_part_from_any_number_of_processes(baseline: Baseline) -> None:
    sources = [parquet(pa.table({"y": [1.5], "x": [1.0]})), parquet(pa.table({"x": [1.5], "y": [1.0]}))]
    for workers in (1, 2):
        assert list(read_counts(sources, baseline, workers=workers).columns) == ["y", "x"]


def test_text_kept_as_views_is_sampled_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled, "MOST_ROWS", 5)
    whole = pa.table({"x": np.arange(23.0), "c": pa.array(["a", "b", None, "c", "a", "a"] * 4)[:23]})
    sink, views = io.BytesIO(), whole.set_column(1, "c", whole["c"].cast(pa.string_view()))
    pq.write_table(views, sink, use_dictionary=False, column_encoding={"x": "PLAIN", "c": "DELTA_BYTE_ARRAY"})
    counts, wanted = read_counts(sink.getvalue(), Baseline.of(whole)), Counts.of(Baseline.of(whole), whole)
    assert counts.segments is not None
    assert wanted.segments is not None
    assert counts.columns["c"].type == "string_view"
    assert np.array_equal(counts.segments.counts, wanted.segments.counts)


def test_parts_of_different_formats_are_one_reference() -> None:
    sources = [parquet(pa.table({"x": pa.array([1], pa.int16()), "c": ["7"]})), NamedSource("b.csv", b"x,c\n2,8\n")]
    columns = read_baseline(sources).columns
    assert (columns["x"].type, columns["x"].n) == ("int16", 2)
    assert columns["c"].values.labels == ("7", "8")  # type: ignore[union-attr]


def total(column: str) -> AnyProbe:
    """Add a column up."""
    return Probe(f"total {column}", (column,), 0, lambda chunk: pc.sum(chunk).as_py() or 0, lambda a, b: a + b)


def pairs(one: str, other: str) -> AnyProbe:
    """Count the rows in which two columns are alike."""
    return Probe(
        f"{one} is {other}", (one, other), 0, lambda a, b: pc.sum(pc.equal(a, b)).as_py() or 0, lambda a, b: a + b
    )


def test_probes_are_taken_in_the_same_reading() -> None:
    sources = [parquet(pa.table({"n": [1, 2, 3], "m": [1, 5, 3]})), parquet(pa.table({"m": [9], "n": [4]}))]
    probes = [total("n"), total("m"), pairs("n", "m"), pairs("n", "absent"), total("absent")]
    counts = read_counts(sources, Baseline.of(pa.table({"n": [1, 2]})), probes=probes)
    assert counts.probed == {"total n": 10, "total m": 18, "n is m": 2}


def test_probes_see_a_struct_by_its_leaves() -> None:
    source = parquet(pa.table({"p": [{"a": 1, "b": 1}, {"a": 2, "b": 3}]}))
    counts = read_counts(source, Baseline.of(pa.table({"p.a": [1, 2]})), probes=[total("p.a"), pairs("p.a", "p.b")])
    assert counts.probed == {"total p.a": 3, "p.a is p.b": 1}
