"""A function is killed at every call it makes, before it and after it: nothing is lost and nothing doubled."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from holdfast.ledger.contract import Entry
from holdfast_console.replay.gate import Call, Killed
from holdfast_console.replay.session import Twin
from tests.replay.conftest import CLOSED, Start, references, rows


class Killer:
    """Kills whoever makes the n-th call from now on, once."""

    def __init__(self, twin: Twin) -> None:
        self._moment, self._left, self._function = "", 0, ""
        self.struck: list[str] = []
        twin.gate.fault = self.strike

    def aim(self, number: int, moment: str, function: str = "") -> None:
        """Strike at the n-th call, of one function or of any."""
        self._left, self._moment, self._function = number, moment, function

    def strike(self, call: Call, moment: str) -> None:
        """Kill the caller if this is the call that was aimed at."""
        if call.caller is None or call.caller.function not in (self._function or call.caller.function):
            return
        if moment == self._moment and self._left > 0:
            self._left -= 1
            if self._left == 0:
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
        copied = [entry.stream for entry in twin.ledger_entries() if entry.kind == "Batch Quarantined"]
        aside = twin.function("QuarantineActor").environment["HOLDFAST_QUARANTINE_BUCKET"]
        kept = twin.client("s3").list_objects_v2(Bucket=aside)["Contents"]
        assert {line.split()[0] for line in killer.struck} >= {"BatchJudge", "QuarantineActor", "Notifier"}
        assert len(copied) == len(set(copied)) == len(kept) == number
        assert twin.dead_letters() == []


POINTS = [
    (function, number) for function, most in (("Trainer", 13), ("RetrainingJudge", 18)) for number in range(1, most, 3)
]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_one_run_is_started_whenever_its_functions_die(start: Start, moment: str) -> None:
    with start() as twin:
        ready(twin)
        killer = Killer(twin)
        for turn, (function, number) in enumerate(POINTS, 1):
            for seed in (1, 2):
                twin.put("ml-data", f"orders/batches/{turn}-{seed}.parquet", rows(seed=10 * turn + seed, shift=turn))
                twin.advance(timedelta(minutes=1))
            twin.advance(timedelta(minutes=10))
            killer.aim(number, moment, function)
            twin.advance(timedelta(minutes=50), ticks_every=timedelta(minutes=15))
            kinds = [entry.kind for entry in twin.ledger_entries("retraining#orders")]
            assert [kinds.count(kind) for kind in ("Retrain Decided", "Run Started", "Run Closed")] == [turn] * 3
            assert [run.status for run in twin.sagemaker.runs] == ["succeeded"] * turn
        assert twin.dead_letters() == []
        assert {line.split()[0] for line in killer.struck} == {"RetrainingJudge", "Trainer"}
        assert len(killer.struck) > len(POINTS) / 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_change_and_a_sweep_are_judged_once_whenever_compliance_dies(start: Start, moment: str) -> None:
    with start() as twin:
        twin.settle()
        s3, killer, turn, before = twin.client("s3"), Killer(twin), 0, -1
        place = {"LocationConstraint": twin.region}
        with twin.unseen():
            s3.create_bucket(Bucket="ml-unseen", CreateBucketConfiguration=place)
        while len(killer.struck) > before:
            before, turn = len(killer.struck), turn + 1
            on = dict.fromkeys(CLOSED, turn % 2 == 0)
            killer.aim(3 * turn, moment, "ComplianceJudge ComplianceSweeper")
            s3.put_public_access_block(Bucket="ml-data", PublicAccessBlockConfiguration=on)
            with twin.unseen():
                s3.put_public_access_block(Bucket="ml-unseen", PublicAccessBlockConfiguration=on)
            twin.advance(timedelta(hours=6), ticks_every=timedelta(hours=6))
        killer.aim(0, "")
        judged = [entry for entry in twin.ledger_entries() if entry.kind == "Resource Judged"]
        assert {line.split()[0] for line in killer.struck} == {"ComplianceJudge", "ComplianceSweeper"}
        assert len(killer.struck) > 15, "a change and a sweep take more calls than that"
        assert len({entry.decision_id for entry in judged}) == len(judged)
        for name in ("ml-data", "ml-unseen"):
            said = [found_of(entry, "public_access_block") for entry in judged if entry.body["resource"] == name]
            assert all(one != other for one, other in itertools.pairwise(said)), "each entry says something new"
            assert said[-1] == verdict_of(s3, name)
        assert twin.dead_letters() == []


def found_of(entry: Entry, control: str) -> str:
    """Give what an entry says of one control."""
    return next(str(finding["verdict"]) for finding in entry.body["findings"] if finding["control"] == control)


def verdict_of(s3: Any, bucket: str) -> str:
    """Give what must be said of a bucket's block as it is now."""
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    return "pass" if all(block.values()) else "fail"
