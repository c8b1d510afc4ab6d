"""Buckets are put right by the wiring that would be deployed, under its own permissions, whoever is killed where."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from holdfast.compliance.remediation import execution
from holdfast_console.replay.session import Twin
from holdfast_console.replay.templates import Synthesis, synthesis
from tests.replay.test_crashes import Killer

POINTS = range(1, 17)
BUCKETS = [f"ml-{number:02}" for number in (0, *POINTS)]
RULES = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}]}
MANIFEST = """
controls:
  - {control: versioning_enabled, enabled: true}
  - {control: lifecycle, enabled: true}
buckets:
"""
BUCKET = "  - {{name: {name}, region: eu-west-1, remediation: {{versioning_enabled: {mode}, lifecycle: {mode}}}}}\n"
WHOLE = {"Remediation Planned": 2, "Remediation Begun": 2, "Remediation Applied": 2}
Start = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synthesis]:
    """Synthesise a house that puts two settings of each bucket right by itself."""
    path = tmp_path_factory.mktemp("remediation") / "governance.yaml"
    path.write_text(MANIFEST + "".join(BUCKET.format(name=name, mode="auto") for name in BUCKETS))
    return path, synthesis(path)


@pytest.fixture
def start(governed: tuple[Path, Synthesis], monkeypatch: pytest.MonkeyPatch) -> Start:
    """Start a twin of it."""
    monkeypatch.setattr(execution, "PAUSES_SECONDS", (0.0, 0.0))
    path, made = governed
    return lambda: Twin.start(path, synthesis=made)


def keep(twin: Twin) -> None:
    """Let objects of every bucket end, so that both settings are right to begin with."""
    for name in BUCKETS:
        twin.client("s3").put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration=RULES)
    twin.settle()


def spoil(twin: Twin, bucket: str) -> None:
    """Suspend versioning and delete the lifecycle rules, as an operator does."""
    s3 = twin.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_lifecycle(Bucket=bucket)
    twin.settle()


def is_right(twin: Twin, bucket: str) -> bool:
    """Tell whether both settings are as they should be."""
    s3 = twin.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return bool(s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled" and len(rules) == 1)


def kinds(twin: Twin, bucket: str) -> Counter[str]:
    """Count the entries of a bucket's remediation."""
    return Counter(entry.kind for entry in twin.ledger_entries(f"remediation#s3_bucket/{bucket}"))


def test_a_bucket_is_put_right_under_the_permissions_of_the_template(start: Start) -> None:
    with start() as twin:
        keep(twin)
        spoil(twin, BUCKETS[0])
        assert kinds(twin, BUCKETS[0]) == WHOLE
        assert is_right(twin, BUCKETS[0])
        assert twin.denied == twin.dead_letters() == []
        last = twin.ledger_entries(f"compliance#s3_bucket/{BUCKETS[0]}")[-1]
        failing = {one["control"] for one in last.body["findings"] if one["verdict"] == "fail"}
        assert not failing & {"versioning_enabled", "lifecycle"}
        role = twin.function("RemediationPlanner").environment["HOLDFAST_REMEDIATOR_ROLE"]
        assert f":assumed-role/{role}/" in last.body["principal"], "the planner knows our own change by it"
        told = [note.subject for note in twin.notifications() if "Remediation" in note.subject]
        assert len(told) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("function", ["RemediationPlanner", "Remediator"])
def test_each_bucket_is_put_right_once_whoever_dies_where(start: Start, function: str, moment: str) -> None:
    with start() as twin:
        keep(twin)
        killer = Killer(twin)
        for number in POINTS:
            killer.aim(number, moment, function)
            bucket = BUCKETS[number]
            spoil(twin, bucket)
            twin.advance(timedelta(minutes=65), ticks_every=timedelta(hours=12))
            killer.aim(0, "")
            assert kinds(twin, bucket) == WHOLE, f"{function} call {number} {moment}"
            assert is_right(twin, bucket)
        assert len(killer.struck) >= len(POINTS) - 1
        assert {line.split()[0] for line in killer.struck} == {function}
        assert twin.denied == twin.dead_letters() == []
