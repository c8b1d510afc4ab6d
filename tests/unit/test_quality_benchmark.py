"""The benchmark of the decision runs, and says on a few batches what it says on many."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks" / "quality" / "run.py"


@pytest.mark.slow
def test_few_batches_are_enough_to_see_no_false_alarm_and_every_large_change(tmp_path: Path) -> None:
    few = ["--batches", "8", "--power", "2", "--references", "1", "--sizes", "2000", "--large", "", "--workers", "1"]
    told = tmp_path / "rates.json"
    done = subprocess.run([sys.executable, RUN, *few, "--json", told], check=True, stdout=subprocess.PIPE, text=True)
    rates = {name.partition(" | ")[0]: rate for name, rate in json.loads(told.read_text())["rates"].items()}
    assert rates["no drift"]["drift"] == 0
    for large in (
        "0.25 sigma, 10 columns",
        "missing 1 % to 20 %",
        "15 % of a category moves",
        "correlation 0.7 to 0.35",
    ):
        assert rates[large]["drift"] == 1
        assert f"| {large} | 1 |" in done.stdout
