"""What a probe counts does not depend on how the rows were cut, nor on how Arrow holds them; no type makes it crash."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.batches.kernel.probe import AnyProbe
from holdfast.batches.probes.bounds import outside
from holdfast.batches.probes.conflicts import conflicts
from holdfast.batches.probes.distinct import distinct
from holdfast.batches.probes.hashing import hashed
from holdfast.batches.probes.measured import measured
from holdfast.batches.probes.members import members
from holdfast.batches.probes.newest import newest
from holdfast.batches.probes.pairs import pairs
from holdfast.batches.probes.presence import presence
from holdfast.batches.probes.texts import matching, misfit

MATCHING = matching("x", "a|1", is_wanted=True)
assert MATCHING is not None
PROBES: list[AnyProbe] = [
    outside("x", -1, 2, is_open=(True, False)),
    members("x", ["a", "é", 1, 2.5]),
    MATCHING,
    misfit("x", 1, 2),
    presence("x"),
    measured("x"),
    newest("x"),
    distinct("x"),
    distinct("x", most=4),
    conflicts("x", "x", most=4),
    pairs("x", "greater_or_equal", "x"),
]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
COLUMNS: list[pa.Array] = [
    pa.array([1, None, -(2**62), 5, 1, 2]),
    pa.array([2**64 - 1, 0, None], pa.uint64()),
    pa.array([1.5, float("nan"), None, float("inf"), -0.0, 0.0, 1e300]),
    pa.array([1.5, None], pa.float16()),
    pa.array([True, None, False]),
    pa.array(["a", "", None, "é", "a" * 9_000]),
    pa.array(["a", None, "b", "a"]).dictionary_encode(),
    pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1]), pa.array(["a", None])),
    pa.array([b"\xff\x00", b"", None], pa.large_binary()),
    pa.array(["a", None], pa.string_view()),
    pa.array([b"ab", None], pa.binary(2)),
    pa.array([NOON, None], pa.timestamp("ns", "UTC")),
    pa.array([date(2026, 1, 1), None]),
    pa.array([3, None], pa.time64("us")),
    pa.array([3, None], pa.duration("s")),
    pa.array([1, None], pa.int64()).cast(pa.decimal128(30, 2)),
    pa.nulls(3),
    pa.array([[1], None, []]),
    pa.array([{"a": 1}, None]),
    pa.array([1, 2, 1]).dictionary_encode(),
]


def same(one: Any, other: Any) -> bool:
    """Compare states, arrays within them too."""
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def taken(probe: AnyProbe, *chunks: pa.Array) -> Any:
    """Count one chunk."""
    return probe.taken(probe.nothing, *[chunks[0]] * len(probe.columns) if len(chunks) == 1 else chunks)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id[:30])
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.type)[:30])
def test_any_cut_gives_the_same_counts_and_no_type_a_crash(probe: AnyProbe, column: pa.Array) -> None:
    whole = taken(probe, column)
    cut = [taken(probe, column.slice(at, 1)) for at in range(len(column))]
    assert same(reduce(probe.add, cut, probe.nothing), whole)
    assert same(reduce(probe.add, reversed(cut), probe.nothing), whole)
    assert same(probe.add(whole, taken(probe, column.slice(0, 0))), whole), "no rows change nothing"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-3, 12) | st.none(), max_size=60), st.randoms(use_true_random=False), st.data())
def test_the_bottom_of_the_hashes_adds_up_in_any_order(
    values: list[int | None], shuffle: Any, data: st.DataObject
) -> None:
    probe = data.draw(st.sampled_from(PROBES))
    column = pa.array(values, pa.int64())
    ends = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=5)))
    parts = [column[a:b] for a, b in zip([0, *ends], [*ends, len(values)], strict=True)]
    shuffle.shuffle(parts)
    states = [taken(probe, part) for part in parts]
    left = reduce(probe.add, states, probe.nothing)
    right = reduce(lambda one, other: probe.add(other, one), reversed(states), probe.nothing)
    assert same(left, taken(probe, column))
    assert same(right, left)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=6) | st.none(), max_size=30))
def test_equal_texts_have_equal_hashes_however_arrow_holds_them(values: list[str | None]) -> None:
    probe, plain = distinct("x"), pa.array(values, pa.string())
    forms = [plain, plain.cast(pa.large_string()), plain.cast(pa.binary()), plain.dictionary_encode()]
    states = [taken(probe, form) for form in forms]
    assert all(same(state, states[0]) for state in states)
    assert len(states[0].hashes) == len({value for value in values if value is not None})


def test_equal_numbers_have_equal_hashes_as_integers_and_floats() -> None:
    probe = distinct("x")
    forms = [
        pa.array([1, 2, 0]),
        pa.array([1.0, 2.0, -0.0]),
        pa.array([1, 2, 0], pa.uint8()),
        pa.array([1, 2, 0], pa.int8()),
    ]
    assert all(same(taken(probe, form), taken(probe, forms[0])) for form in forms)
    assert len(taken(probe, pa.array([0.1, 0.2, 0.1 + 0.2, 0.3])).hashes) == 4
    large = [2**60, -(2**63), 2**53 + 2]
    assert same(taken(probe, pa.array(large)), taken(probe, pa.array(map(float, large))))
    larger = [2**63, 2**64 - 2048]
    assert same(taken(probe, pa.array(larger, pa.uint64())), taken(probe, pa.array(map(float, larger))))


def test_a_long_text_hashes_the_same_beside_short_ones_and_alone() -> None:
    probe, long = distinct("x"), "y" * 5_000
    both = taken(probe, pa.array(["short", long]))
    assert same(both, probe.add(taken(probe, pa.array(["short"])), taken(probe, pa.array([long]))))


def test_the_estimate_of_distinct_values_is_within_its_error() -> None:
    state = distinct("x", most=4_096).count(pa.array(np.arange(200_000) * 7_919))
    assert abs(state.distinct - 200_000) < state.error * 200_000
    assert state.error < 0.05
    texts = distinct("x", most=4_096).count(pa.array([f"user-{at}" for at in range(50_000)]))
    assert abs(texts.distinct - 50_000) < texts.error * 50_000


def test_moments_of_a_column_of_its_own_are_those_of_numpy() -> None:
    values = np.random.default_rng(3).normal(5, 2, 1_000)
    found = measured("x").count(pa.array(values))
    assert found.moments.mean == pytest.approx(values.mean(), abs=1e-11)
    assert found.moments.deviation == pytest.approx(values.std(), abs=1e-11)


def test_equal_decimals_have_equal_hashes_whatever_their_scale() -> None:
    values = [Decimal(0), Decimal("1.5"), None, Decimal(-3), Decimal("0.00")]
    types = [pa.decimal32(9, 2), pa.decimal64(12, 3), pa.decimal128(38, 1), pa.decimal256(40, 2)]
    hashes = [hashed(pa.array(values, one))[0].tolist() for one in types]
    assert all(found == hashes[0] for found in hashes)
    assert hashes[0][0] == hashes[0][4]
    assert len(set(hashes[0])) == 4
    one, other = (pa.array([Decimal(at) for at in range(9)], pa.decimal128(*sizes)) for sizes in ((9, 2), (12, 5)))
    whole = distinct("a").taken(distinct("a").taken(distinct("a").nothing, one), other)
    assert whole.repeated == (1.0, 0.0), "two parts of a batch may write them otherwise"


@pytest.mark.parametrize("data_type", [pa.decimal256(60, 2), pa.decimal256(76, 50), pa.decimal128(5, -3)], ids=str)
def test_decimals_too_long_for_one_scale_are_told_apart(data_type: pa.DataType) -> None:
    values = pa.array([Decimal(1_000 * at) for at in range(20)] + [None], data_type)
    assert len(set(hashed(values)[0].tolist())) == 21
    assert hashed(values.slice(3, 4))[0].tolist() == hashed(values)[0][3:7].tolist()
