import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from holdfast.batches.alibi.sample import MOST_COLUMNS, MOST_ROWS, Drawn, draw, merge
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.source import NamedSource


def parquet(table: pa.Table, *, group: int = 1_000) -> bytes:
    """Write a table with row groups of one size."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=group)
    return buffer.getvalue()


def numbered(rows: int, *, start: int = 0) -> pa.Table:
    """Make rows that tell which they are."""
    return pa.table({"row": range(start, start + rows), "name": [f"r{start + row}" for row in range(rows)]})


def test_a_small_object_is_its_own_sample() -> None:
    table = numbered(MOST_ROWS)
    drawn = draw(parquet(table), seed="v1")
    assert drawn.total == MOST_ROWS
    assert drawn.rows.equals(table)


def test_the_same_seed_draws_the_same_rows_however_they_are_grouped() -> None:
    table = numbered(40_000)
    drawn = draw(parquet(table), seed="v1")
    assert drawn.rows.num_rows == MOST_ROWS
    assert drawn.rows.equals(draw(parquet(table, group=40_000), seed="v1").rows)
    assert not drawn.rows.equals(draw(parquet(table), seed="v2").rows)


def test_rows_are_drawn_from_everywhere_and_each_at_most_once() -> None:
    rows = draw(parquet(numbered(40_000)), seed="v1").rows["row"].to_pylist()
    assert len(set(rows)) == MOST_ROWS
    fifths = [sum(row // 8_000 == fifth for row in rows) for fifth in range(5)]
    assert all(850 < part < 1_150 for part in fifths)  # 1,000 each, standard deviation 26


def test_whole_rows_are_drawn() -> None:
    rows = draw(parquet(numbered(20_000)), seed="v1").rows.to_pylist()
    assert all(row["name"] == f"r{row['row']}" for row in rows)


def test_columns_are_bounded_and_can_be_asked_for() -> None:
    wide = pa.table({f"c{at}": [at] for at in range(MOST_COLUMNS + 5)})
    assert draw(parquet(wide), seed="v1").rows.column_names == wide.column_names[:MOST_COLUMNS]
    assert draw(parquet(wide), seed="v1", only=["c68", "c3", "gone"]).rows.column_names == ["c3", "c68"]


def test_an_empty_object_gives_no_rows_but_its_columns() -> None:
    drawn = draw(parquet(numbered(0)), seed="v1")
    assert (drawn.total, drawn.rows.num_rows, drawn.rows.column_names) == (0, 0, ["row", "name"])


def test_what_is_not_parquet_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="the footer cannot be decoded"):
        draw(b"PAR1 not at all PAR1", seed="v1")


def test_a_label_that_would_fill_the_memory_is_beyond_us() -> None:
    label = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * (1 << 20)]))
    with pytest.raises(BeyondLimits, match="a label of 1048576 bytes, expected at most 8192"):
        draw(parquet(pa.table({"label": label}), group=100_000), seed="v1")


def test_of_several_objects_each_gives_its_share() -> None:
    parts = [
        draw(parquet(numbered(rows, start=start)), seed=str(start))
        for rows, start in ((30_000, 0), (10_000, 30_000), (1, 40_000))
    ]
    rows = merge(parts, seed="baseline")["row"].to_pylist()
    assert len(rows) == len(set(rows)) == MOST_ROWS
    assert sum(row < 30_000 for row in rows) in (3_749, 3_750)  # 30,000 of 40,001
    assert rows == merge(parts, seed="baseline")["row"].to_pylist()


def test_few_rows_of_several_objects_are_all_kept() -> None:
    parts = [Drawn(numbered(3), 3), Drawn(numbered(2, start=3), 2)]
    assert merge(parts, seed="baseline")["row"].to_pylist() == [0, 1, 2, 3, 4]


def test_text_is_drawn_like_columns_and_as_the_types_it_is_compared_in() -> None:
    text = NamedSource("rows.csv", b"row,code\n" + b"".join(b"%d,0%d\n" % (at, at) for at in range(100)))
    drawn = draw(text, seed="v1", only={"row": pa.int64(), "code": pa.string()})
    assert (drawn.total, drawn.rows["row"].to_pylist()) == (100, list(range(100)))
    assert drawn.rows["code"].to_pylist()[:3] == ["00", "01", "02"]
