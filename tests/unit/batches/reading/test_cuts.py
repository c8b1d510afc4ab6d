"""However the rows of a table are cut into files, formats, parts and workers: the same bytes, also beyond a sample."""

import io
import json
import random
import resource
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel import sampled
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import NamedSource
from holdfast.shared.errors import ContractError

SAMPLE = 7
REAL = st.one_of(st.none(), st.integers(-8, 8).map(lambda number: number / 4), st.floats(-1e9, 1e9))
WHOLE = st.one_of(st.none(), st.integers(-(2**53), 2**53), st.integers(0, 3))
WORD = st.one_of(st.none(), st.sampled_from(["north", "south", "east"]), st.text("xyz", min_size=1, max_size=2))
FLAG = st.one_of(st.none(), st.booleans())
TIME = st.one_of(st.none(), st.integers(0, 10**15).map(lambda micros: datetime.fromtimestamp(micros / 10**6, UTC)))
ROWS = st.lists(st.tuples(REAL, WHOLE, WORD, FLAG, TIME), min_size=1, max_size=60)
SCHEMA = pa.schema(
    {"real": pa.float64(), "whole": pa.int64(), "word": pa.string(), "flag": pa.bool_(), "time": pa.timestamp("us")}
)
CUTS = st.lists(st.integers(0, 60), max_size=6)
FORMATS = ("parquet", "encoded", "csv", "jsonl")


@pytest.fixture(autouse=True, scope="module")
def few_are_sampled() -> Iterator[None]:
    """Sample so few rows that of these small tables only every so manieth is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampled, "MOST_ROWS", SAMPLE)
        yield


def table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Lay rows out in columns."""
    return pa.table(list(map(list, zip(*rows, strict=True))) if rows else [[]] * len(SCHEMA), schema=SCHEMA)


def drawn(rows: int, seed: int) -> pa.Table:
    """Draw rows whose columns go together, with gaps, and with other rows at the start than at the end."""
    draw = np.random.default_rng(seed)
    real = draw.standard_normal(rows) + np.arange(rows) / rows
    whole = draw.poisson(3 + np.arange(rows) % 3, rows)
    word = np.array(["north", "south", "east"])[np.clip(real + 1, 0, 2).astype(int)]
    columns = {"real": real, "whole": whole, "word": word, "flag": real > 0, "time": 10**15 + np.arange(rows) * 10**9}
    gaps = draw.random(rows) < 0.1
    return pa.table(
        {name: pa.array(columns[name], kind, mask=gaps) for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)}
    )


def cut(whole: pa.Table, cuts: Sequence[int]) -> list[pa.Table]:
    """Cut rows apart, some parts without any."""
    edges = [0, *sorted(min(place, len(whole)) for place in cuts), len(whole)]
    return [whole[low:high] for low, high in pairwise(edges)]


def file(part: pa.Table, way: str, at: int) -> NamedSource:
    """Write a part as a file in one way; one without rows as Parquet, which alone says what its columns are then."""
    sink, name = io.BytesIO(), f"part-{at:03}"
    if not len(part) or way in ("parquet", "encoded"):
        pq.write_table(part, sink, row_group_size=1 + at, use_dictionary=way == "encoded")
        return NamedSource(f"{name}.parquet", sink.getvalue())
    if way == "csv":
        csv.write_csv(part, sink)
        return NamedSource(f"{name}.csv", sink.getvalue())
    lines = (
        json.dumps({key: value for key, value in row.items() if value is not None or not line}, default=str)
        for line, row in enumerate(part.to_pylist())
    )  # the first names all columns, the others leave out what they have not
    return NamedSource(f"{name}.jsonl", "".join(f"{line}\n" for line in lines).encode())


def added(parts: Sequence[Counts], order: random.Random) -> Counts:
    """Put parts together in any order and any grouping."""
    left = list(parts)
    while len(left) > 1:
        order.shuffle(left)
        left.append(left.pop() + left.pop())
    return left[0]


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, CUTS, st.randoms(use_true_random=False))
def test_parts_that_know_where_they_stand_add_up_to_the_whole(
    reference: list[Any], batch: list[Any], cuts: list[int], order: random.Random
) -> None:
    baseline, whole = Baseline.of(table(reference), knots=8), table(batch)
    parts, before = [], 0
    for part in cut(whole, cuts):
        parts.append(Counts.of(baseline, part, whole=len(whole), before=before))
        before += len(part)
    assert added(parts, order).to_bytes() == Counts.of(baseline, whole).to_bytes()


@settings(max_examples=40, deadline=None)
@given(ROWS, ROWS, CUTS, st.lists(st.sampled_from(FORMATS), min_size=7, max_size=7))
def test_any_files_of_the_same_rows_count_the_same(
    reference: list[Any], batch: list[Any], cuts: list[int], ways: list[str]
) -> None:
    baseline, whole = Baseline.of(table(reference)), table(batch)
    sources = [file(part, way, at) for at, (part, way) in enumerate(zip(cut(whole, cuts), ways, strict=False))]
    counts = read_counts(sources, baseline)
    assert counts.to_bytes() == Counts.of(baseline, whole).to_bytes()
    assert counts.joint is not None
    assert min(len(batch), SAMPLE // 2) <= counts.joint.rows <= SAMPLE


@settings(max_examples=40, deadline=None)
@given(ROWS, CUTS, st.lists(st.sampled_from(FORMATS), min_size=8, max_size=8))
def test_any_files_of_the_same_rows_are_the_same_reference(rows: list[Any], cuts: list[int], ways: list[str]) -> None:
    whole = table(rows)
    parts = [whole[:0], *cut(whole, cuts)]  # text takes the types that the Parquet beside it says
    sources = [file(part, way, at) for at, (part, way) in enumerate(zip(parts, ways, strict=False))]
    assert read_baseline(sources, knots=8).to_bytes() == Baseline.of(whole, knots=8).to_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_two_processes_take_the_same_rows_as_one(seed: int) -> None:
    draw = np.random.default_rng(seed)
    whole = drawn(500, seed)
    ways = draw.choice(FORMATS, 40)
    parts = [whole[:0], *cut(whole, draw.integers(0, 500, 3 + 11 * seed).tolist())]
    sources = [file(part, way, at) for at, (part, way) in enumerate(zip(parts, ways, strict=False))]
    baseline = read_baseline(sources, workers=2)
    assert baseline.to_bytes() == Baseline.of(whole).to_bytes()
    assert read_counts(sources, baseline, workers=2).to_bytes() == Counts.of(baseline, whole).to_bytes()


def test_the_sample_of_more_rows_than_are_kept_is_the_same_in_any_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled, "MOST_ROWS", 1 << 15)
    whole = drawn(100_003, 5)
    sources = [file(part, "parquet", 50_000 + at) for at, part in enumerate(cut(whole, [1, 4_711, 60_000, 60_000]))]
    baseline = read_baseline(sources)
    assert baseline.joint is not None
    assert baseline.joint.rows == 25_001
    assert baseline.to_bytes() == Baseline.of(whole).to_bytes()
    assert read_counts(sources, baseline).to_bytes() == Counts.of(baseline, whole).to_bytes()


def categories(parts: int) -> list[pa.Array]:
    """Draw categories of which each part has others, with gaps."""
    draw = np.random.default_rng(parts)
    return [pa.array([None, *(f"{word}" for word in draw.integers(9 * at, 9 * at + 90, 40))]) for at in range(parts)]


@pytest.mark.parametrize(
    "kinds",
    [
        [pa.dictionary(pa.int8(), pa.string())],
        [pa.dictionary(pa.int32(), pa.string())],
        [pa.dictionary(pa.int8(), pa.string(), ordered=True)],
        [pa.string(), pa.dictionary(pa.int16(), pa.large_string()), pa.large_string(), pa.string_view()],
    ],
    ids=str,
)
def test_categories_count_the_same_whatever_dictionaries_the_files_have(kinds: list[pa.DataType]) -> None:
    words = categories(12)
    parts = [pa.table({"x": np.arange(41.0) + at, "word": one}) for at, one in enumerate(words)]
    whole = pa.concat_tables(parts)
    baseline, sources = Baseline.of(whole), []
    for at, part in enumerate(parts):
        sink, typed = io.BytesIO(), part.set_column(1, "word", part["word"].cast(kinds[at % len(kinds)]))
        pq.write_table(typed, sink, row_group_size=13, column_encoding=None, use_dictionary=at % 3 > 0)
        sources.append(NamedSource(f"{at}.parquet", sink.getvalue()))
    wanted = Counts.of(baseline, whole)
    for counts in (read_counts(sources, baseline), read_counts(sources, read_baseline(sources))):
        assert counts.columns["word"].counts.tolist() == wanted.columns["word"].counts.tolist()  # type: ignore[union-attr]
        assert counts.segments is not None
        assert wanted.segments is not None
        assert np.array_equal(counts.segments.counts, wanted.segments.counts)


def test_there_may_be_more_files_than_can_be_open_at_once(tmp_path: Path) -> None:
    whole, paths = drawn(3 * 400, 2), []
    for at in range(400):
        paths.append(tmp_path / f"part-{at:03}.parquet")
        paths[-1].write_bytes(file(whole[3 * at : 3 * at + 3], "parquet", at).data)  # type: ignore[arg-type]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with paths[0].open("rb") as one:
        resource.setrlimit(resource.RLIMIT_NOFILE, (one.fileno() + 220, hard))
    try:
        baseline = read_baseline(paths)
        counts = read_counts(paths, baseline)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert baseline.to_bytes() == Baseline.of(whole).to_bytes()
    assert counts.to_bytes() == Counts.of(baseline, whole).to_bytes()


def test_what_is_sampled_depends_on_where_rows_stand() -> None:
    whole = drawn(500, 1)
    baseline, parts = Baseline.of(whole), [file(part, "parquet", at) for at, part in enumerate(cut(whole, [77]))]
    counts, turned = read_counts(parts, baseline), read_counts(parts[::-1], baseline)
    assert counts.joint is not None
    assert turned.joint is not None
    assert not np.array_equal(counts.joint.products, turned.joint.products)
    assert {name: column.counts.tolist() for name, column in counts.columns.items() if column.counts is not None} == {
        name: column.counts.tolist() for name, column in turned.columns.items() if column.counts is not None
    }


@pytest.mark.parametrize(("whole", "before"), [(None, 1), (9, 0), (20, 11), (20, -1)])
def test_a_part_must_lie_within_the_whole(whole: int | None, before: int) -> None:
    rows = drawn(10, 1)
    with pytest.raises(ContractError, match=f"10 rows behind {before} others, expected them within {whole or 10}"):
        Counts.of(Baseline.of(rows), rows, whole=whole, before=before)
