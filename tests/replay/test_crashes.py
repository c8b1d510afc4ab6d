"""A function is killed at every call it makes, before it and after it: redelivered, nothing is lost and nothing doubled."""

from itertools import product

import pytest

from holdfast_console.replay.gate import Call, Killed
from holdfast_console.replay.session import Twin
from tests.replay.conftest import HOUR, Start, references, rows


class Killer:
    """Kills whoever makes the n-th call from now on, once."""

    def __init__(self, twin: Twin) -> None:
        self._moment, self._left = "", 0
        self.struck: list[str] = []
        twin.gate.fault = self._strike

    def aim(self, number: int, moment: str) -> None:
        """Strike at the n-th call."""
        self._left, self._moment = number, moment

    def _strike(self, call: Call, moment: str) -> None:
        if moment == self._moment and self._left > 0:
            self._left -= 1
            if self._left == 0 and call.caller is not None:
                self.struck.append(f"{call.caller.function} {call.operation} {moment}")
                raise Killed("the process was killed")


def ready(twin: Twin) -> None:
    """Bring the baselines in force."""
    references(twin)
    twin.put("ml-data", "orders/batches/first.parquet", rows(seed=2))
    twin.put("ml-landing", "trips/first.parquet", rows(seed=2))
    twin.settle()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_batch_has_one_verdict_whenever_its_functions_die(start: Start, moment: str) -> None:
    with start() as twin:
        ready(twin)
        killer, number, before = Killer(twin), 0, -1
        while len(killer.struck) > before:
            before, number = len(killer.struck), number + 1
            killer.aim(number, moment)
            twin.put("ml-data", f"orders/batches/{number}.parquet", rows(seed=number + 10))
            twin.settle()
        killer.aim(0, "")
        verdicts = [
            entry.body["key"]
            for entry in twin.ledger_entries()
            if entry.kind == "Batch Judged" and entry.outcome != "unknown"
        ]
        batches = [key for key in verdicts if key.startswith("orders/")]
        evidence = [entry for entry in twin.ledger_entries("retraining#orders") if entry.kind == "Evidence Recorded"]
        assert len(killer.struck) > 8, "a batch takes more calls than that"
        assert {line.split()[0] for line in killer.struck} >= {"BatchJudge", "LedgerPublisher", "RetrainingJudge"}
        assert sorted(batches) == sorted(
            ["orders/batches/first.parquet", *(f"orders/batches/{each}.parquet" for each in range(1, number + 1))]
        )
        assert len({entry.body["batch"]["key"] for entry in evidence}) == number + 1
        assert twin.dead_letters() == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_refused_batch_is_set_aside_once_whenever_its_functions_die(start: Start, moment: str) -> None:
    with start() as twin:
        ready(twin)
        killer, number, before = Killer(twin), 0, -1
        while len(killer.struck) > before:
            before, number = len(killer.struck), number + 1
            killer.aim(number, moment)
            twin.put("ml-data", f"orders/batches/{number}.parquet", b"no Parquet")
            twin.settle()
        killer.aim(0, "")
        copied = [entry.body["key"] for entry in twin.ledger_entries() if entry.kind == "Batch Quarantined"]
        aside = twin.function("QuarantineActor").environment["HOLDFAST_QUARANTINE_BUCKET"]
        kept = twin.client("s3").list_objects_v2(Bucket=aside)["Contents"]
        assert {line.split()[0] for line in killer.struck} >= {"BatchJudge", "QuarantineActor", "Notifier"}
        assert len(copied) == len(set(copied)) == len(kept) == number
        assert twin.dead_letters() == []


def test_one_run_is_started_whenever_its_functions_die(start: Start) -> None:
    struck: set[str] = set()
    for moment, number in product(("before", "after"), (1, 3, 6, 9, 12, 15)):
        with start() as twin:
            ready(twin)
            killer = Killer(twin)
            for seed in (4, 5):
                twin.put("ml-data", f"orders/batches/{seed}.parquet", rows(seed=seed, shift=1))
                twin.settle()
            twin.advance(HOUR / 4)
            killer.aim(number, moment)
            twin.advance(2 * HOUR, ticks_every=HOUR / 4)
            kinds = [entry.kind for entry in twin.ledger_entries("retraining#orders")]
            assert [kinds.count(kind) for kind in ("Retrain Decided", "Run Started", "Run Closed")] == [1, 1, 1]
            assert len(twin.sagemaker.runs) == 1
            assert twin.dead_letters() == []
            struck |= set(killer.struck)
    assert {line.split()[0] for line in struck} >= {"RetrainingJudge", "Trainer"}
