"""Run in a process of its own: profile and judge each file named on standard input, and say what came of it."""

import json
import os
import re
import resource
import sys
import time
from pathlib import Path

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.limits import BeyondLimits, Unreadable
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.reading.source import NamedSource

ADDRESS_SPACE = 3 << 30
DETAILS = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|\d+")


def outcome(path: Path) -> tuple[str, str]:
    """Give the level a file gets against itself, or the class that refuses it, with its reason but for the details."""
    try:
        baseline = Baseline.from_bytes(read_baseline([path]).to_bytes())
        counts = read_counts(NamedSource(path.name, path.read_bytes()), baseline)
        return assess(baseline, counts, DriftPolicy(minimum_rows=2)).level.value, ""
    except (Unreadable, BeyondLimits) as error:
        return type(error).__name__, DETAILS.sub("*", str(error)).partition(":")[0]


def megabytes() -> int:
    """Give the most memory this process has had; the kernel's `ru_maxrss` would count its parent's, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) // 1024  # type: ignore[index]


def main() -> None:
    """Answer one JSON line per file."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        started = time.monotonic()
        found, reason = outcome(Path(line.rstrip("\n")))
        took = {"seconds": time.monotonic() - started, "megabytes": megabytes()}
        sys.stdout.write(json.dumps({"outcome": found, "reason": reason} | took) + "\n")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # without tearing Arrow's threads down, which may abort
