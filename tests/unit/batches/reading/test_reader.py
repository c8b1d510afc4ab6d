"""A file is counted whole, whatever its layout, and refused with a reason when it is broken or beyond us."""

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.columns import Kind
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.reading import columnar
from holdfast.batches.reading.footer import BeyondLimits, Limits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.shared.errors import ConfigurationError, ContractError

ROWS = 3_000


def table(rows: int = ROWS, seed: int = 1) -> pa.Table:
    """Draw a table with a column of each kind."""
    random = np.random.default_rng(seed)
    return pa.table(
        {
            "amount": random.lognormal(size=rows),
            "count": pa.array(random.poisson(4, rows), mask=random.random(rows) < 0.1),
            "city": pa.array(random.choice(["Athens", "Bergen", "Cádiz"], rows), mask=random.random(rows) < 0.2),
            "raw": pa.array([b"\xff%d" % (number % 5) for number in range(rows)]),
            "when": pa.array(random.integers(0, 10**15, rows), pa.timestamp("us")),
            "price": pa.array(random.integers(0, 10**6, rows)).cast(pa.decimal128(24, 2)),
            "flag": random.random(rows) < 0.3,
            "a.b": random.integers(0, 9, rows),
            "tags": pa.array([["x", "y"]] * rows),
            "point": pa.array([{"x": 1, "y": "z"}] * rows),
        }
    )


def flat(data: pa.Table) -> pa.Table:
    """Lay the leaves of a struct beside the other columns."""
    return data.flatten()


def parquet(data: pa.Table, **options: object) -> bytes:
    """Write a table as Parquet."""
    sink = io.BytesIO()
    pq.write_table(data, sink, **options)
    return sink.getvalue()


def content(counts: Counts) -> dict[str, object]:
    """Give all that counts hold, as plain numbers."""
    columns = {
        name: (
            column.kind,
            column.n,
            column.nulls,
            column.nans,
            None if column.counts is None else column.counts.tolist(),
        )
        for name, column in counts.columns.items()
    }
    return {"rows": counts.rows, **columns}


LAYOUTS = [
    {}, {"row_group_size": 100}, {"compression": "zstd"}, {"compression": "gzip"}, {"compression": "none"},
    {"compression": "brotli"}, {"compression": "lz4"}, {"use_dictionary": False}, {"data_page_version": "2.0"},
    {"write_page_checksum": True}, {"store_schema": False}, {"data_page_size": 512},
    {"use_dictionary": False, "column_encoding": {"city": "DELTA_BYTE_ARRAY", "amount": "BYTE_STREAM_SPLIT"}},
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_the_layout_of_a_file_does_not_matter(layout: dict[str, object]) -> None:
    data = table(seed=2)
    baseline = Baseline.of(flat(table()))
    assert content(read_counts(parquet(data, **layout), baseline)) == content(Counts.of(baseline, flat(data)))
    assert {name: column.kind for name, column in read_baseline([parquet(data, **layout)]).columns.items()} == {
        name: column.kind for name, column in baseline.columns.items()
    }


def test_a_baseline_read_is_the_one_taken_in_memory() -> None:
    flat = table().drop_columns(["tags", "point"])
    assert read_baseline([parquet(flat, row_group_size=700)]).to_bytes() == Baseline.of(flat).to_bytes()


def test_a_local_file_reads_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "batch.parquet"
    path.write_bytes(parquet(table(seed=2)))
    baseline = read_baseline([path])
    assert content(read_counts(path, baseline)) == content(read_counts(path.read_bytes(), baseline))


def test_chunks_smaller_than_the_file_count_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    baseline, data = Baseline.of(table()), parquet(table(seed=2), row_group_size=800)
    whole = content(read_counts(data, baseline))
    monkeypatch.setattr(columnar, "ROWS", 333)
    assert content(read_counts(data, baseline)) == whole


def test_several_files_are_one_reference() -> None:
    parts = [table(1_000, seed=seed).drop_columns(["tags", "point"]) for seed in (1, 2, 3)]
    assert read_baseline(list(map(parquet, parts))).to_bytes() == Baseline.of(pa.concat_tables(parts)).to_bytes()


def test_a_column_that_one_file_lacks_is_null_there() -> None:
    parts = [parquet(pa.table({"x": [1, 2], "y": ["a", "b"]})), parquet(pa.table({"x": pa.nulls(3), "z": [1.5] * 3}))]
    columns = read_baseline(parts).columns
    assert {name: (column.kind, column.n, column.nulls) for name, column in columns.items()} == {
        "x": (Kind.NUMBER, 2, 3), "y": (Kind.CATEGORY, 2, 3), "z": (Kind.NUMBER, 3, 2)
    }  # fmt: skip


def test_files_that_disagree_are_no_reference() -> None:
    with pytest.raises(Unreadable, match="column 'x' is int64 in one file, string in another"):
        read_baseline([parquet(pa.table({"x": [1]})), parquet(pa.table({"x": ["a"]}))])


def test_any_name_is_a_name() -> None:
    names = ["", ".", "a", "a.", "a..b", "a.b", "é", "\n", "x" * 3_000, "$(rm)", "../../x", "\x00"]
    data = pa.table({name: [at, at + 1] for at, name in enumerate(names)} | {"c": [{"b": 1}] * 2, "c.b": ["u", "v"]})
    read = read_baseline([parquet(data)])
    assert list(read.columns) == data.column_names
    assert [read.columns[name].values.knots[0] for name in names] == list(range(len(names)))  # type: ignore[union-attr]
    assert Baseline.from_bytes(read.to_bytes()).columns.keys() == read.columns.keys()


def test_columns_named_twice_are_refused() -> None:
    doubled = pa.table([pa.array([1]), pa.array([2])], names=["x", "x"])
    with pytest.raises(Unreadable, match="two columns are named 'x'"):
        read_baseline([parquet(doubled)])


def test_a_file_without_rows_or_columns_is_read() -> None:
    assert read_baseline([parquet(table(0))]).rows == 0
    assert read_baseline([parquet(pa.table({}))]).columns == {}


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"PAR1" * 4, b"a,b\n1,2\n", parquet(table())[:-20], parquet(table())[30:]]
)
def test_what_is_no_parquet_is_the_producers_fault(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_baseline([data])


def test_a_page_that_was_changed_is_found_by_its_checksum() -> None:
    data = bytearray(parquet(pa.table({"x": np.random.default_rng(1).random(5_000)}), compression="none",
                             use_dictionary=False, write_page_checksum=True))  # fmt: skip
    data[20_000] ^= 0xFF
    with pytest.raises(Unreadable, match=r"column 'x' cannot be decoded: .*CRC"):
        read_baseline([bytes(data)])


def test_a_broken_column_is_found_even_if_it_is_not_compared() -> None:
    baseline = Baseline.of(pa.table({"x": [1, 2]}))
    data = bytearray(parquet(pa.table({"x": range(5_000), "tags": [[number] for number in range(5_000)]}),
                             compression="none", use_dictionary=False, write_page_checksum=True))  # fmt: skip
    data[pq.read_metadata(pa.BufferReader(data)).row_group(0).column(1).data_page_offset + 9_000] ^= 0xFF
    with pytest.raises(Unreadable, match="column 'tags'"):
        read_counts(bytes(data), baseline)


@pytest.mark.parametrize("gap", ["x", None])
def test_text_that_points_beyond_its_dictionary_is_refused(gap: str | None) -> None:
    data = parquet(pa.table({"s": ["x", "y", "z", gap] * 40}), compression="none")
    chunk = pq.read_metadata(pa.BufferReader(data)).row_group(0).column(0)
    last = (chunk.dictionary_page_offset or 0) + chunk.total_compressed_size - 1
    broken = data[: last - 3] + b"\xff" + data[last - 2 :]
    with pytest.raises(pa.ArrowInvalid, match="dictionary bounds"):
        pq.ParquetFile(pa.BufferReader(broken)).read()
    with pytest.raises(Unreadable, match="column 's' holds a place that is not in its dictionary"):
        read_baseline([broken])
    with pytest.raises(Unreadable, match="column 's' holds a place that is not in its dictionary"):
        read_counts(broken, Baseline.of(pa.table({"s": ["x", "y"]})))


def test_a_file_that_is_not_there_is_the_operators_matter(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        read_baseline([tmp_path / "absent.parquet"])


def test_who_must_act_is_in_the_class() -> None:
    assert issubclass(Unreadable, ContractError)
    assert issubclass(BeyondLimits, ConfigurationError)


def test_an_allocation_that_fails_is_beyond_us(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise pa.ArrowMemoryError("malloc of size 2147483648 failed")

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", exhausted)
    with pytest.raises(BeyondLimits, match="does not fit in memory"):
        read_baseline([parquet(table(10))])


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(columns=9), "columns, expected at most 9"),
        (Limits(column_chunks=5), "column chunks, expected at most 5"),
        (Limits(cells=10_000), "cells, expected at most 10000"),
        (Limits(chunk_bytes=1_000), "bytes in one column chunk, expected at most 1000"),
        (Limits(cells_from=100, cells_per_byte=0), "cells in a file of"),
    ],
    ids=str,
)
def test_what_asks_for_more_than_we_give_is_refused_before_decoding(limits: Limits, said: str) -> None:
    with pytest.raises(BeyondLimits, match=said):
        read_counts(parquet(table()), Baseline.of(table()), limits=limits)


def test_a_decompression_bomb_is_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = parquet(
        pa.table({"x": ["a" * (1 << 27)]}), compression="brotli", use_dictionary=False, write_statistics=False
    )
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", None)
    assert len(bomb) < 5_000
    with pytest.raises(BeyondLimits, match=r"unpack to \d+, expected at most 1000 times as many"):
        read_baseline([bomb])


def test_the_leaves_of_a_struct_are_columns_of_their_own() -> None:
    inner = [{"deep": {"y": "u"}, "x": 1}, {"deep": None, "x": 2}, None, {"deep": {"y": None}, "x": None}]
    columns = read_baseline([parquet(pa.table({"p": inner, "q": [1, 2, 3, 4]}), row_group_size=2)]).columns
    assert {name: (column.kind, column.n, column.nulls) for name, column in columns.items()} == {
        "p.deep.y": (Kind.CATEGORY, 1, 3), "p.x": (Kind.NUMBER, 2, 2), "q": (Kind.NUMBER, 4, 0),
    }  # fmt: skip


def test_text_in_a_struct_counts_like_text_beside_it() -> None:
    random = np.random.default_rng(3)
    words = [str(word) for word in random.choice(["a", "b", "long" * 300], 5_000)]
    source = parquet(pa.table({"w": words, "p": [{"w": word} for word in words]}), row_group_size=900)
    columns = read_baseline([source]).columns
    assert columns["w"].values.labels == columns["p.w"].values.labels  # type: ignore[union-attr]
    assert columns["w"].values.counts.tolist() == columns["p.w"].values.counts.tolist()  # type: ignore[union-attr]


def test_lists_and_maps_are_named_and_only_their_presence_is_counted() -> None:
    lists = pa.array([[1, 2], None, []], pa.list_(pa.int64()))
    maps = pa.array([[("k", 1)], None, None], pa.map_(pa.string(), pa.int64()))
    within = pa.array([{"l": ["a"]}, {"l": None}, None], pa.struct([("l", pa.list_(pa.string()))]))
    columns = read_baseline([parquet(pa.table({"l": lists, "m": maps, "p": within}))]).columns
    assert {name: (column.kind, column.n, column.nulls) for name, column in columns.items()} == {
        "l": (Kind.NESTED, 2, 1), "m": (Kind.NESTED, 1, 2), "p.l": (Kind.NESTED, 1, 2),
    }  # fmt: skip


def test_a_struct_whose_leaf_would_take_a_name_twice_stays_whole() -> None:
    data = pa.table({"p": [{"x": 1}], "p.x": [2.5], "q": [{"a": {"b": 1}, "a.b": 2}]})
    assert {name: column.kind for name, column in read_baseline([parquet(data)]).columns.items()} == {
        "p": Kind.NESTED, "p.x": Kind.NUMBER, "q": Kind.NESTED,
    }  # fmt: skip


def test_time_that_is_up_ends_the_reading_between_chunks() -> None:
    asked = iter([False, False, False, True, True, True, True])
    with pytest.raises(BeyondLimits, match="in the time there is"):
        read_counts(parquet(table()), Baseline.of(table()), expired=lambda: next(asked))


def test_a_list_that_could_hold_all_values_of_its_chunk_is_bounded_before_it_is_decoded() -> None:
    data = parquet(pa.table({"l": [[1.5] * 100] * 100}))
    with pytest.raises(BeyondLimits, match="bytes in lists of column"):
        read_baseline([data], limits=Limits(chunk_bytes=50_000))
