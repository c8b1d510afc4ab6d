"""The benchmark measures what it says, on tables small enough for a test: no time is asserted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DRIFT = Path(__file__).parents[3] / "benchmarks" / "drift"
TOOLS = ["scan", "holdfast", "scan_stored", "holdfast_stored"]


def ran(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the benchmark."""
    command = [sys.executable, DRIFT / "run.py", *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Measure Holdfast and the scan alone; the peers have environments of their own."""
    folder = tmp_path_factory.mktemp("drift")
    told = ran("--rows", "2000", "--repeat", "1", "--only", ",".join(TOOLS), "--data", folder, "--json", folder / "out")
    assert told.returncode == 0, told.stderr
    return {"told": told.stdout, "folder": folder, **json.loads((folder / "out").read_text())}


def test_every_tool_is_measured_and_none_failed(measured: dict[str, Any]) -> None:
    assert [one["tool"] for one in measured["measured"]] == TOOLS
    for run in [run for one in measured["measured"] for run in one["runs"]]:
        assert run["failure"] is None
        assert run["cpu_s"] > 0
        assert run["peak_mb"] > 10


def test_both_did_the_job(measured: dict[str, Any]) -> None:
    said = {one["tool"]: one["runs"][0]["said"] for one in measured["measured"]}
    assert said["scan"] == {"values": 60 * 102_000}
    assert said["scan_stored"] == {"values": 60 * 2_000}
    for tool in ("holdfast", "holdfast_stored"):
        drifted = {column["name"] for column in said[tool]["columns"] if column["level"] == "drift"}
        assert {"n00", "n20", "n30", "c03"} <= drifted
    assert (measured["folder"] / "report.html").stat().st_size > 10_000


def test_the_table_tells_ratios_and_the_file_the_versions(measured: dict[str, Any]) -> None:
    assert "| 2,000 rows | CPU s | x decode only | x Holdfast |" in measured["told"]
    assert all("numpy" in versions for versions in measured["environments"].values())


@pytest.mark.parametrize(
    ("bounds", "why"), [(("--memory-mb", "1"), "out of memory"), (("--timeout", "0"), "out of time")]
)
def test_a_tool_that_takes_too_much_is_ended_and_says_so(tmp_path: Path, bounds: tuple[str, str], why: str) -> None:
    told = ran("--rows", "2000", "--repeat", "1", "--only", "scan", "--data", tmp_path, *bounds)
    assert told.returncode == 0, told.stderr
    assert why in told.stdout


def test_a_tool_that_is_not_known_is_misuse() -> None:
    assert ran("--only", "nothing").returncode == 2
