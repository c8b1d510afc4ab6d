"""Judge the same batches with Holdfast and its peers, each in a process of its own, and print what each took.

usage: .venv/bin/python benchmarks/drift/run.py [--rows 10000,1000000] [--repeat 3] [--only holdfast,scan] [--json FILE]
Reference: 100,000 rows of 50 numbers and 10 categories. The least CPU of the rounds counts: other work on the machine
only adds to it. The peers stand in .cache/benchmarks/peers, made once from benchmarks/peers.txt, and in .venv-alibi.
"""

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from child import Bounds, Taken, run

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "benchmarks"
LOCK, PEERS, ALIBI = HERE.parent / "peers.txt", CACHE / "peers", ROOT / ".venv-alibi"
FOUND = frozenset({0, 1})
LONG_S = 40
PACKAGES = ("holdfast", "alibi-detect", "evidently", "nannyml", "frouros", "numpy", "pyarrow", "scipy", "pandas")


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one size: the reference as Parquet and as a stored baseline, the batch, and where reports go."""

    folder: Path
    rows: int

    @property
    def reference(self) -> Path:
        """Give the reference as it came."""
        return self.folder / "reference.parquet"

    @property
    def baseline(self) -> Path:
        """Give the reference as Holdfast's functions keep it."""
        return self.folder / "reference.baseline"

    @property
    def batch(self) -> Path:
        """Give the batch."""
        return self.folder / f"batch-{self.rows}.parquet"

    @property
    def report(self) -> Path:
        """Give the page that Holdfast writes."""
        return self.folder / "report.html"


@dataclass(frozen=True, slots=True)
class Tool:
    """One side of the comparison: its name, the interpreter of its environment, and the job it is given there."""

    name: str
    python: Path
    job: str | None = None
    stored: bool = False

    def command(self, place: Place) -> list[str | Path]:
        """Give the command line: a peer's job, or the console command that users call."""
        if self.job is not None:
            files = [place.batch] if self.stored else [place.reference, place.batch]
            return [self.python, "-W", "ignore", HERE / "jobs.py", self.job, *files]
        reference = place.baseline if self.stored else place.reference
        return [self.python.with_name("holdfast"), "drift", reference, place.batch, "--json", "--report", place.report]


OURS = Path(sys.executable)
QUIET = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}  # peers would tell their makers
TOOLS = {
    "scan": Tool("decode only", OURS, "scan"),
    "holdfast": Tool("Holdfast", OURS),
    "scan_stored": Tool("decode only, the batch alone", OURS, "scan", stored=True),
    "holdfast_stored": Tool("Holdfast, from a stored baseline", OURS, stored=True),
    "frouros": Tool("frouros", PEERS / "bin" / "python", "frouros"),
    "alibi_ks": Tool("alibi-detect KSDrift, numbers alone", ALIBI / "bin" / "python", "alibi_ks"),
    "alibi_tabular": Tool("alibi-detect TabularDrift", ALIBI / "bin" / "python", "alibi_tabular"),
    "nannyml": Tool("NannyML", PEERS / "bin" / "python", "nannyml"),
    "evidently": Tool("Evidently", PEERS / "bin" / "python", "evidently"),
}


def main() -> None:
    """Measure every size in rounds of all tools, the sizes from the smallest."""
    given = arguments()
    prepare(given.data, given.rows, given.only)
    measured = []
    for rows in given.rows:
        place = Place(given.data, rows)
        taken = rounds(place, given.only, given.repeat, Bounds(given.memory_mb, given.timeout))
        tell(rows, taken)
        measured += [{"rows": rows, "tool": name, "runs": list(map(asdict, runs))} for name, runs in taken.items()]
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps({**surroundings(given.only), "measured": measured}, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    """Read what to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers, names = (lambda text: [int(float(one)) for one in text.split(",")]), (lambda text: text.split(","))
    parser.add_argument("--rows", type=numbers, default=[10_000, 1_000_000, 5_000_000], help="batch sizes")
    parser.add_argument("--only", type=names, default=list(TOOLS), help=f"of {', '.join(TOOLS)}")
    parser.add_argument("--repeat", type=int, default=3, help="rounds; a tool that is long in one is measured once")
    parser.add_argument("--data", type=Path, default=CACHE / "drift", help="where the tables are kept")
    parser.add_argument("--json", type=Path, help="file for every single measurement")
    parser.add_argument("--memory-mb", type=int, default=Bounds().memory_mb, help="a child that takes more is ended")
    parser.add_argument("--timeout", type=int, default=Bounds().seconds, help="seconds, likewise")
    given = parser.parse_args()
    if unknown := set(given.only) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}, expected some of {', '.join(TOOLS)}")
    return given


def prepare(folder: Path, sizes: Sequence[int], names: Iterable[str]) -> None:
    """Write the tables and the stored baseline, and make the environments of the peers, where they are not there."""
    pythons = {TOOLS[name].python for name in names}
    if PEERS / "bin" / "python" in pythons and not (PEERS / "bin" / "evidently").exists():
        subprocess.run([ROOT / "tools" / "environment", PEERS, LOCK], check=True)
    if ALIBI / "bin" / "python" in pythons and not (ALIBI / "bin" / "python").exists():
        raise SystemExit("alibi-detect has no environment yet: make setup")
    subprocess.run([OURS, HERE / "data.py", folder, *map(str, sizes)], check=True, stdout=sys.stderr)
    place = Place(folder, 0)
    store = [OURS.with_name("holdfast"), "baseline", place.reference, "-o", place.baseline]
    subprocess.run(store, check=True, stdout=sys.stderr)


def rounds(place: Place, names: Sequence[str], repeat: int, bounds: Bounds) -> dict[str, list[Taken]]:
    """Run the tools in turns, so that a busy minute of the machine does not fall on one of them."""
    taken: dict[str, list[Taken]] = {name: [] for name in names}
    for _ in range(repeat):
        for name, runs in taken.items():
            if runs and (runs[0].failure or runs[0].wall_s > LONG_S):
                continue
            well = FOUND if TOOLS[name].job is None else frozenset({0})
            runs.append(run(TOOLS[name].command(place), bounds=bounds, well=well, environment=QUIET))
            print(f"{place.rows} {name}: {told(runs[-1])}", file=sys.stderr)
    return taken


def told(one: Taken) -> str:
    """Say in a line what a run took."""
    return one.failure or f"{one.cpu_s:.2f} s CPU, {one.wall_s:.2f} s wall, {one.peak_mb:.0f} MB"


def tell(rows: int, taken: dict[str, list[Taken]]) -> None:
    """Print a table in Markdown: the least CPU of the rounds, also as multiples; the median wall time; the peak."""
    least = {name: min(one.cpu_s for one in runs) for name, runs in taken.items() if not runs[-1].failure}
    print(f"\n| {rows:,} rows | CPU s | x decode only | x Holdfast | wall s | peak MB | columns | runs |")
    print("|---|---|---|---|---|---|---|---|")
    for name, runs in taken.items():
        tool = TOOLS[name]
        if name not in least:
            print(
                f"| {tool.name} | {runs[-1].failure} | | | | {max(one.peak_mb for one in runs):.0f} | | {len(runs)} |"
            )
            continue
        rivals = ("scan_stored", "holdfast_stored") if tool.stored else ("scan", "holdfast")
        ratios = [f"{least[name] / least[rival]:.2f}" if rival in least else "" for rival in rivals]
        wall, peak = median(one.wall_s for one in runs), max(one.peak_mb for one in runs)
        cells = [f"{least[name]:.2f}", *ratios, f"{wall:.2f}", f"{peak:.0f}", flagged(runs[-1].said), str(len(runs))]
        print(f"| {tool.name} | {' | '.join(cells)} |")


def flagged(said: dict[str, Any]) -> str:
    """Say in how many columns a tool found drift, to see that it did the job: four of sixty have changed."""
    columns = said.get("columns", "")
    if isinstance(columns, list):
        columns = len({column["name"] for column in columns if column["level"] in ("drift", "quarantined")})
    return str(columns)


def surroundings(names: Iterable[str]) -> dict[str, Any]:
    """Say when and with what it was measured."""
    ask = (
        "import importlib.metadata as m, json; have = {d.name.lower(): d.version for d in m.distributions()}; "
        f"print(json.dumps({{n: have[n] for n in {PACKAGES} if n in have}}))"
    )
    environments = {}
    for python in sorted({TOOLS[name].python for name in names}):
        said = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout
        environments[str(python.parent.parent.name)] = json.loads(said)
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"), "python": platform.python_version(),
        "machine": platform.machine(), "environments": environments, "command": " ".join(sys.argv),
    }  # fmt: skip


if __name__ == "__main__":
    main()
