"""From the bytes of a batch to its verdict, whatever the bytes."""

import io
import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from holdfast.batches import expectations, judgement
from holdfast.batches.detection import COUNTS, Detector
from holdfast.batches.expectation import Expectation
from holdfast.batches.judgement import catalogue, counted, measure
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.reading.footer import BeyondLimits
from holdfast.batches.schema import Contract, SchemaState, fingerprint
from holdfast.batches.verdict import BatchAssessment, ColumnResult, Level
from holdfast.manifest import Model, schema
from holdfast.shared.catalogue import discover
from tests.conftest import NOON


def table(*, shift: float = 0.0, rows: int = 500, seed: int = 1) -> pa.Table:
    """Draw a table of numbers and words."""
    draw = np.random.default_rng(seed)
    return pa.table({"x": draw.normal(shift, 1, rows), "word": draw.choice(["a", "b"], rows)})


def written(data: pa.Table) -> bytes:
    """Write Parquet."""
    file = io.BytesIO()
    pq.write_table(data, file)
    return file.getvalue()


def model(*detectors: str, critical: tuple[str, ...] = (), expectations: tuple[dict[str, Any], ...] = ()) -> Model:
    """Govern a model."""
    said: dict[str, Any] = {
        "owner": "team",
        "batches": {"bucket": "ml-data", "prefix": "in/"},
        "reference": "s3://ml-data/r.parquet",
        "schema": {"critical": critical},
        "expectations": list(expectations),
    }
    found = Model.model_validate(said)
    return (
        found.model_copy(update={"drift": found.drift.model_copy(update={"detectors": detectors})})
        if detectors
        else found
    )


BASELINE = Baseline.of(table(rows=2000, seed=0))
GOOD = written(table())


def test_the_detectors_speak() -> None:
    assert measure(GOOD, BASELINE, model()).level == Level.NONE
    assert measure(written(table(shift=1)), BASELINE, model()).level == Level.DRIFT


def test_the_schema_of_the_manifest_is_obeyed() -> None:
    less = written(table().select(["x"]))
    assert measure(less, BASELINE, model()).level == Level.DRIFT
    assert measure(less, BASELINE, model(critical=("word",))).level == Level.QUARANTINED


def test_a_model_that_names_only_detectors_of_samples_is_judged_on_counts_too() -> None:
    assert measure(GOOD, BASELINE, model("alibi_tabular")).detector == "exact"


def test_of_several_detectors_the_gravest_verdict_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    grave = BatchAssessment(level=Level.DRIFT, n=1, reason="grave", detector="other")
    both = {**catalogue(), "other": Detector("other", COUNTS, lambda *_, **__: grave)}
    monkeypatch.setattr(judgement, "catalogue", lambda: both)
    assert measure(GOOD, BASELINE, model("exact", "other")) == grave


def test_broken_is_refused_and_too_much_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure(b"PAR1", BASELINE, model()).level == Level.QUARANTINED

    def too_much(*_: object, **__: object) -> None:
        raise BeyondLimits("a billion columns")

    monkeypatch.setattr(judgement, "read_counts", too_much)
    assert measure(GOOD, BASELINE, model()).level == Level.UNKNOWN


def of(result: str, assessment: BatchAssessment) -> ColumnResult:
    """Find the result of an expectation."""
    return next(one for one in assessment.columns if one.test == "expectation" and one.detail.startswith(f"{result}:"))


def test_a_broken_expectation_refuses_the_batch_and_says_by_how_much() -> None:
    strict = {"expect": "range", "column": "x", "minimum": -1, "maximum": 1, "mostly": 0.99}
    assessment = measure(GOOD, BASELINE, model(expectations=(strict,)))
    assert assessment.level is Level.QUARANTINED
    assert re.match(r"refused for x \(range: \d+ of 500 values \(\d+\.\d+%\) outside -1 to 1", assessment.reason)
    told = of("range", assessment)
    assert told.threshold == pytest.approx(0.01)
    assert told.effect > 0.2


def test_a_lost_critical_column_tells_the_owner_what_to_do_before_all_that_follows_from_it() -> None:
    strict = {"expect": "not_null", "column": "word"}
    less = measure(written(table().select(["x"])), BASELINE, model(critical=("word",), expectations=(strict,)))
    assert less.reason.startswith("refused for word (missing from the batch: team must restore it, or take it out of")


def test_where_the_manifest_says_so_it_is_a_notice() -> None:
    mild = {"expect": "set", "column": "word", "values": ["a"], "on_failure": "notice"}
    assessment = measure(GOOD, BASELINE, model(expectations=(mild,)))
    assert assessment.level is Level.NOTICE
    assert "word (set: " in assessment.reason


def test_what_holds_is_told_too() -> None:
    said = ({"expect": "not_null", "column": "x"}, {"expect": "row_count", "minimum": 100})
    assessment = measure(GOOD, BASELINE, model(expectations=said))
    assert assessment.level is Level.NONE
    assert of("not_null", assessment).detail == "not_null: 0 of 500 values (0.000%) are missing"
    assert of("row_count", assessment).name == "the batch"


def test_a_missing_column_is_no_pass_whatever_is_expected_of_it() -> None:
    for expect, more in (
        ("not_null", {}),
        ("unique", {}),
        ("mean_between", {"minimum": 0}),
        ("freshness", {"hours": 1}),
    ):
        broken = {"expect": expect, "column": "gone", **more}
        assert measure(GOOD, BASELINE, model(expectations=(broken,))).level is Level.QUARANTINED


def test_what_could_not_be_counted_is_unknown_and_no_fault_of_the_batch() -> None:
    fresh = {"expect": "freshness", "column": "at", "hours": 1}
    baseline = Baseline.of(table(rows=2000, seed=0).append_column("at", pa.array([NOON] * 2000)))
    timed = table().append_column("at", pa.array([NOON] * 500))
    assert measure(written(timed), baseline, model(expectations=(fresh,))).level is Level.UNKNOWN
    assert measure(written(timed), baseline, model(expectations=(fresh,)), arrived=NOON).level is Level.NONE


def test_no_rows_are_not_enough_data_unless_rows_are_expected() -> None:
    empty = written(table().slice(0, 0))
    filled = {"expect": "not_null", "column": "x"}
    assert measure(empty, BASELINE, model(expectations=(filled,))).level is Level.NOT_ENOUGH_DATA
    rows = {"expect": "row_count", "minimum": 1}
    assert measure(empty, BASELINE, model(expectations=(filled, rows))).level is Level.QUARANTINED


def test_few_rows_that_break_an_expectation_are_refused() -> None:
    few = written(table(rows=10))
    assert measure(few, BASELINE, model()).level is Level.NOT_ENOUGH_DATA
    broken = {"expect": "set", "column": "word", "values": ["z"]}
    assert measure(few, BASELINE, model(expectations=(broken,))).level is Level.QUARANTINED


def test_the_parts_of_a_batch_are_expected_of_together() -> None:
    halves = [written(table().slice(0, 250)), written(table().slice(250))]
    unique = {"expect": "unique", "column": "x"}
    assert measure(halves, BASELINE, model(expectations=(unique,))).level is Level.NONE
    doubled = measure([halves[0], halves[0]], BASELINE, model(expectations=(unique,)))
    assert of("unique", doubled).effect == 1


def test_only_the_columns_that_are_asked_for_are_probed() -> None:
    said = ({"expect": "not_null", "column": "x"}, {"expect": "row_count", "minimum": 1})
    assert counted(GOOD, BASELINE, model()).probed == {}
    assert len(counted(GOOD, BASELINE, model(expectations=said)).probed) == 1


def test_a_column_the_contract_has_come_to_know_is_quiet() -> None:
    more = table().append_column("extra", pa.array(range(500)))
    assert measure(written(more), BASELINE, model()).level is Level.NOTICE
    contract = Contract.of(BASELINE, SchemaState(version=2, optional={fingerprint("extra"): "int64@2"}))
    assert measure(written(more), BASELINE, model(), contract=contract).level is Level.NONE


def test_every_expectation_stands_in_the_schema_of_the_manifest() -> None:
    forms = schema()["$defs"]["Model"]["properties"]["expectations"]["items"]["oneOf"]
    assert {form["properties"]["expect"]["const"] for form in forms} == set(discover(expectations, Expectation))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_bytes_crash_the_judge(data: st.DataObject) -> None:
    """Damage anywhere gives a verdict: a crash would be a message that comes again for ever."""
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(damaged)))
    assert measure(bytes(damaged[: max(cut, len(damaged) // 2)]), BASELINE, model()).level in Level
