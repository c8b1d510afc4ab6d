"""Run in a process of its own: profile and judge each file named on standard input, and say what came of it."""

import json
import os
import resource
import sys
import time
from pathlib import Path

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.footer import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts

ADDRESS_SPACE = 3 << 30


def outcome(path: Path) -> str:
    """Say which class refuses a file, or the level it gets against itself."""
    try:
        baseline = Baseline.from_bytes(read_baseline([path]).to_bytes())
        return assess(baseline, read_counts(path.read_bytes(), baseline), DriftPolicy(minimum_rows=2)).level.value
    except (Unreadable, BeyondLimits) as error:
        return type(error).__name__


def main() -> None:
    """Answer one JSON line per file."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        started = time.monotonic()
        found = outcome(Path(line.strip()))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(
            json.dumps({"outcome": found, "seconds": time.monotonic() - started, "megabytes": memory}) + "\n"
        )


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # without tearing Arrow's threads down, which may abort
