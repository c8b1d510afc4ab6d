"""A model's contract follows its verdicts: once, after them, and whatever dies between."""

import copy
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.batches.conftest import MANIFEST, MODEL, PREFIX, House, forget, parquet
from tests.integration.batches.crashes import MOMENTS, Moment, count_calls, kill_once


@pytest.fixture
def governed() -> dict[str, Any]:
    """Let the models' contracts take new columns in."""
    said = copy.deepcopy(MANIFEST)
    for model in said["models"].values():  # type: ignore[attr-defined]
        model["schema"]["evolve"] = "optional"
    return said


@pytest.fixture
def evolving(house: House) -> House:
    """Give a house whose baseline is in force."""
    house.with_baseline()
    return house


def with_column(name: str, *, seed: int = 2) -> bytes:
    """Write a batch that has one column more."""
    table = pq.read_table(io.BytesIO(parquet(seed=seed)))
    file = io.BytesIO()
    pq.write_table(table.append_column(name, pa.array([1.5] * table.num_rows)), file)
    return file.getvalue()


def test_a_new_column_is_told_of_once_and_the_contract_takes_it_in(evolving: House) -> None:
    assert evolving.judge(*(evolving.put(with_column("wind", seed=at), f"{PREFIX}{at}.parquet") for at in (2, 3))) == []
    assert evolving.outcomes() == ["notice", "none"]
    (evolved,) = evolving.entries("schema")
    assert (evolved.kind, evolved.subject, evolved.body["version"]) == ("Schema Evolved", MODEL, 2)
    assert [column["name"] for column in evolved.body["columns"]] == ["wind"]
    first = evolving.entries("batches")[0]
    assert (evolved.cause, first.body["evolution"]["version"]) == (first.decision_id, 2)


def test_a_refused_batch_changes_no_contract(evolving: House) -> None:
    table = pq.read_table(io.BytesIO(with_column("wind"))).drop_columns(["hum"])
    file = io.BytesIO()
    pq.write_table(table, file)
    evolving.judge(evolving.put(file.getvalue()))
    assert evolving.outcomes() == ["quarantined"]
    assert evolving.entries("schema") == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_call_and_told_again_the_contract_evolves_once_after_one_verdict(
    evolving: House, moment: Moment
) -> None:
    event = evolving.put(with_column("wind"))

    def again() -> None:
        evolving.forget_all()
        evolving.with_baseline()
        forget()

    again()
    calls = count_calls(lambda: evolving.judge(event))
    for at in range(calls):
        again()
        kill_once(lambda: evolving.judge(event), at=at, moment=moment)
        forget()
        assert evolving.judge(event) == []
        assert evolving.outcomes() == ["notice"], f"killed at call {at}"
        (evolved,) = evolving.entries("schema")
        assert evolved.body["version"] == 2
