"""How good is the decision? Batches with no drift, and with changes of known size, judged by Holdfast and its peers.

usage: .venv/bin/python benchmarks/quality/run.py [--batches 200] [--power 40] [--peers 10] [--json FILE]
The references are drawn anew, 20 times; a table is printed with the share of batches that were called drift. `plain`
are rules A and B of the decision with nothing but Kolmogorov-Smirnov, chi-square, nulls and correlations, on the same
batches. The peers stand in .cache/benchmarks/peers and .venv-alibi, see benchmarks/drift/run.py.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scenarios import CATEGORIES, CHANGES, NOTHING, NUMBERS, REFERENCE_ROWS, TRIFLES, Scenario

from holdfast.batches.decision import assess
from holdfast.batches.kernel.baseline import Baseline
from holdfast.batches.kernel.counts import Counts
from holdfast.batches.policy import DriftPolicy
from holdfast.batches.reading.reader import read_baseline, read_counts
from holdfast.batches.verdict import BatchAssessment, Level

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "benchmarks"
LOCK, PEERS, ALIBI = HERE.parent / "peers.txt", CACHE / "peers", ROOT / ".venv-alibi"
TOOLS = {"alibi": ALIBI, "evidently": PEERS, "nannyml": PEERS}
ASKED = ("no drift", "0.1 sigma, 1 column", "0.25 sigma, 1 column", "0.25 sigma, 10 columns", "5 % of a category moves",
         "missing 1 % to 20 %", "correlation 0.7 to 0.35")  # fmt: skip
PEER_ROWS = 5_000
QUIET = {**os.environ, "NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}  # they would tell their makers
POLICY = DriftPolicy()
COLUMNS = len(NUMBERS) + len(CATEGORIES)
EFFECTS = {"ks": 0.05, "chi2": 0.05, "null_rate": 0.025, "rank_correlation": 0.1}


@dataclass(frozen=True, slots=True)
class Task:
    """The batches to judge against one reference: scenario, rows, and the numbers of the draws."""

    reference: int
    draws: tuple[tuple[str, int, int], ...]


def main() -> None:
    """Judge all, and print the tables."""
    given = arguments()
    found = judged(given)
    report: dict[str, Any] = {"rates": {" | ".join(map(str, key)): rates(said) for key, said in found.items()}}
    tell(found, given)
    if given.peers:
        report["peers"] = asked(given.peers)
        tell_peers(report["peers"], given.peers)
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_text(json.dumps(report, indent=1) + "\n")


def arguments() -> argparse.Namespace:
    """Read how much to judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(float(one)) for one in text.split(",") if one]  # noqa: E731
    parser.add_argument("--batches", type=int, default=200, help="batches without drift at each size")
    parser.add_argument("--power", type=int, default=40, help="batches of each change at each size")
    parser.add_argument("--references", type=int, default=20)
    parser.add_argument("--sizes", type=numbers, default=[500, 5_000, 50_000])
    parser.add_argument("--large", type=numbers, default=[1_000_000], help="sizes at which only trifles change")
    parser.add_argument("--large-batches", type=int, default=4)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--peers", type=int, default=0, help="batches of each kind that the real peers judge too")
    parser.add_argument("--json", type=Path, help="file for every rate")
    return parser.parse_args()


def judged(given: argparse.Namespace) -> dict[tuple[str, int], list[tuple[str, bool]]]:
    """Judge every draw; per scenario and size the levels, and what plain rules say."""
    found: dict[tuple[str, int], list[tuple[str, bool]]] = {}
    with ProcessPoolExecutor(given.workers) as pool:
        for done in pool.map(of_reference, tasks(given)):
            for key, said in done:
                found.setdefault(key, []).append(said)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def tasks(given: argparse.Namespace) -> list[Task]:
    """Share the draws out over the references."""
    draws: dict[int, list[tuple[str, int, int]]] = {at: [] for at in range(given.references)}
    for rows in given.sizes:
        for scenario in (NOTHING, *CHANGES):
            wanted = given.batches if scenario is NOTHING else given.power
            for draw in range(wanted):
                draws[draw * given.references // wanted].append((scenario.name, rows, draw))
    for rows in given.large:
        for scenario in TRIFLES:
            for draw in range(given.large_batches):
                draws[draw % given.references].append((scenario.name, rows, draw))
    return [Task(reference, tuple(wanted)) for reference, wanted in draws.items()]


def of_reference(task: Task) -> list[tuple[tuple[str, int], tuple[str, bool]]]:
    """Draw a reference, keep it as its file is kept, and judge what is to be judged against it."""
    table = NOTHING.draw(np.random.default_rng([77, task.reference]), REFERENCE_ROWS)
    baseline = Baseline.from_bytes(Baseline.of(table).to_bytes())
    done = []
    for name, rows, draw in task.draws:
        batch = named(name).draw(np.random.default_rng([rows, names().index(name), draw]), rows)
        verdict = assess(baseline, Counts.of(baseline, batch), POLICY)
        done.append(((name, rows), (verdict.level.value, is_plain_drift(verdict))))
    return done


def names() -> list[str]:
    """Name every scenario once."""
    return list(dict.fromkeys(one.name for one in (NOTHING, *CHANGES, *TRIFLES)))


def named(name: str) -> Scenario:
    """Find a scenario."""
    return next(one for one in (NOTHING, *CHANGES, *TRIFLES) if one.name == name)


def is_plain_drift(verdict: BatchAssessment) -> bool:
    """Say what the textbook's tests alone would: significant by Bonferroni and large, or surely beyond 0.02."""
    for result in verdict.columns:
        if result.p is None or result.test not in EFFECTS:
            continue
        p = result.p * (COLUMNS / 2 if result.test == "rank_correlation" else COLUMNS)
        n, m = REFERENCE_ROWS, result.n
        reach = math.sqrt(math.log(2 * COLUMNS / POLICY.alpha) / 2 * (n + m) / (n * m))
        surely = result.test in ("ks", "chi2") and result.effect - reach >= 0.02
        if p < POLICY.alpha and (result.effect >= EFFECTS[result.test] or surely):
            return True
    return False


def rates(said: Sequence[tuple[str, bool]]) -> dict[str, float]:
    """Give the share of batches in drift, noticed, and in drift by the plain rules."""
    levels = [level for level, _ in said]
    told = {level: levels.count(level) / len(levels) for level in (Level.DRIFT.value, Level.NOTICE.value)}
    return {**told, "plain": sum(plain for _, plain in said) / len(said), "batches": len(said)}


def tell(found: Mapping[tuple[str, int], Sequence[tuple[str, bool]]], given: argparse.Namespace) -> None:
    """Print the share of batches in drift, per change and size."""
    heading = " / ".join(f"{rows:,}" for rows in given.sizes)
    lines = [f"| batches in drift, n = {heading} | Holdfast | plain rules A and B |", "|---|---|---|"]
    for scenario in (NOTHING, *CHANGES):
        taken = [rates(found[scenario.name, rows]) for rows in given.sizes]
        lines.append(f"| {scenario.name} | {row(taken, 'drift')} | {row(taken, 'plain')} |")
    for rows in given.large:
        for scenario in TRIFLES:
            taken = [rates(found[scenario.name, rows])]
            lines.append(f"| {scenario.name}, n = {rows:,} | {row(taken, 'drift')} | {row(taken, 'plain')} |")
    print("\n".join(lines))


def row(taken: Iterable[Mapping[str, float]], which: str) -> str:
    """Write rates, shortly."""
    return " / ".join(f"{rates[which]:.3f}".rstrip("0").rstrip(".") for rates in taken)


def asked(batches: int) -> dict[str, dict[str, dict[str, float]]]:
    """Let Holdfast and the real peers judge the same files; the share of batches of each kind that alarm."""
    if not (PEERS / "bin" / "evidently").exists():
        subprocess.run([ROOT / "tools" / "environment", PEERS, LOCK], check=True)
    with TemporaryDirectory() as place:
        folder = Path(place)
        pq.write_table(NOTHING.draw(np.random.default_rng([78]), REFERENCE_ROWS), folder / "reference.parquet")
        for at, name in enumerate(ASKED):
            for draw in range(batches):
                table = named(name).draw(np.random.default_rng([79, at, draw]), PEER_ROWS)
                pq.write_table(table, folder / f"batch-{at}-{draw}.parquet")
        said = {"holdfast": ours(folder)}
        for tool, environment in TOOLS.items():
            job: list[str | Path] = [HERE / "peers.py", tool, folder, str(PEER_ROWS)]
            command = [environment / "bin" / "python", "-W", "ignore", *job]
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=QUIET).stdout
            said[tool] = json.loads(answer.splitlines()[-1])
    return {tool: {name: shares(answers, at) for at, name in enumerate(ASKED)} for tool, answers in said.items()}


def ours(folder: Path) -> dict[str, dict[str, bool]]:
    """Judge the files as the command does."""
    baseline = read_baseline([folder / "reference.parquet"])
    verdicts = {path.name: assess(baseline, read_counts(path, baseline), POLICY) for path in folder.glob("batch-*")}
    return {name: {"dataset": verdict.level is Level.DRIFT} for name, verdict in verdicts.items()}


def shares(answers: Mapping[str, Mapping[str, bool]], at: int) -> dict[str, float]:
    """Give the share of the batches of one scenario for each thing a tool says."""
    mine = [said for name, said in answers.items() if name.startswith(f"batch-{at}-")]
    return {key: sum(said[key] for said in mine) / len(mine) for key in mine[0]}


def tell_peers(found: Mapping[str, Mapping[str, Mapping[str, float]]], batches: int) -> None:
    """Print what the real libraries say."""
    kinds = [(tool, key) for tool, said in found.items() for key in next(iter(said.values()))]
    lines = [f"| {batches} batches of {PEER_ROWS:,} rows | {' | '.join(f'{tool} {key}' for tool, key in kinds)} |"]
    lines.append("|---" * (len(kinds) + 1) + "|")
    for name in ASKED:
        told = " | ".join(f"{found[tool][name][key]:.2f}" for tool, key in kinds)
        lines.append(f"| {name} | {told} |")
    print("\n".join(["", *lines]))


if __name__ == "__main__":
    main()
