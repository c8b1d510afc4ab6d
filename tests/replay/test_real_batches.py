"""Real months of bicycle hires through the whole wiring; what must be started is derived by hand."""

from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from holdfast_console.replay.session import Twin

MANIFEST = """
buckets:
  - {name: ml-data, region: eu-west-1, events: eventbridge}
models:
  bike-demand:
    owner: mobility-team
    batches: {bucket: ml-data, prefix: bike-demand/batches/}
    reference: s3://ml-data/bike-demand/reference.parquet
    schema: {critical: [season, registered, cnt]}
    retraining:
      pipeline: bike-demand-training
      patience: 2 of 3
      settle_minutes: 15
      cooldown_days: 20
      budget: {runs: 4, days: 120}
"""
pytestmark = pytest.mark.xdist_group("real batches")
MONTH, HOUR = timedelta(days=30), timedelta(hours=1)

# Two batches a month's distance apart, as they are played: 00-02 are other hours of the reference's own year, 03-14 are
# January to December 2012, when use had grown by about 65 % (README of the data) and every month has its season.
GROUPS = ((0, 1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14))

# Patience is 2 of the last 3, the cooldown is shorter than a month, the budget allows a start every month.
# - 00-02 do not drift, by construction: nothing is started.
# - January and February are winter against a whole year: both drift, 2 of (02, 03, 04): start 1, on 03 and 04, and what
#   it learned, winter 2012, becomes the baseline. From then on only evidence against that counts.
# - March and April are spring against winter (temp, season): 2 of 2, start 2.  May and June are warmer: start 3.
# - July and August are the hottest against May and June: start 4.  September and October cool down: start 5.
# - November and December are colder again: start 6.
STARTS = [("03", "04"), ("05", "06"), ("07", "08"), ("09", "10"), ("11", "12"), ("13", "14")]
NEVER = {"hr", "weekday", "workingday"}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the manifest of one model."""
    path = tmp_path_factory.mktemp("manifest") / "governance.yaml"
    path.write_text(MANIFEST)
    return path


@pytest.fixture(scope="module")
def bike() -> Path:
    """Give the folder of real batches, or skip saying that it is not there."""
    folder = Path(__file__).parents[3] / "shared" / "data" / "bike"
    if not folder.is_dir():
        pytest.skip("no folder shared/data/bike beside the project: real data is not at hand")
    return folder


class Played:
    """What a play of all groups left behind."""

    def __init__(self, twin: Twin) -> None:
        entries = twin.ledger_entries()
        judged = [entry for entry in entries if entry.kind == "Batch Judged" and entry.outcome != "unknown"]
        self.verdicts = {_number(entry.body["key"]): entry.outcome for entry in judged}
        self.columns = {
            _number(entry.body["key"]): {
                (column["name"], column["test"], column["level"], column["effect"], column["p"])
                for column in entry.body["columns"]
            }
            for entry in judged
        }
        self.judged = len(judged)
        decided = [entry for entry in entries if entry.kind == "Retrain Decided"]
        self.starts = [tuple(_number(one["key"]) for one in entry.body["inputs"]) for entry in decided]
        self.runs = len(twin.sagemaker.runs)
        self.closed = [entry.outcome for entry in entries if entry.kind == "Run Closed"]
        self.dead = twin.dead_letters()

    def drifted(self, number: str) -> set[str]:
        """Name the columns in which a batch drifted."""
        return {name for name, _, level, _, _ in self.columns[number] if level == "drift"}


def _number(key: str) -> str:
    return key.removesuffix(".parquet").rpartition("-")[2]


def play(manifest: Path, bike: Path, *, seed: int | None = None, deliveries: int = 1) -> Played:
    """Play every group a month apart, each in any order within its settle window."""
    with Twin.start(manifest, seed=seed, deliveries=deliveries) as twin:
        twin.put("ml-data", "bike-demand/reference.parquet", (bike / "reference.parquet").read_bytes())
        twin.advance(HOUR)
        for group in GROUPS:
            for number in _shuffled(group, seed):
                name = f"batch-{number:02d}.parquet"
                twin.put("ml-data", f"bike-demand/batches/{name}", (bike / name).read_bytes())
            twin.settle()
            twin.advance(timedelta(hours=2), ticks_every=timedelta(minutes=20))
            twin.advance(MONTH, ticks_every=timedelta(days=10))
        return Played(twin)


def _shuffled(group: tuple[int, ...], seed: int | None) -> list[int]:
    return list(group) if seed is None else Random(seed).sample(group, len(group))


@pytest.fixture(scope="module")
def played(manifest: Path, bike: Path) -> Played:
    """Play once, in order."""
    return play(manifest, bike)


def test_the_references_own_year_raises_no_alarm(played: Played) -> None:
    assert {played.verdicts[number] for number in ("00", "01", "02")} <= {"none", "notice"}


def test_every_batch_has_one_verdict(played: Played) -> None:
    assert sorted(played.verdicts) == [f"{number:02d}" for number in range(15)]
    assert played.judged == 15


def test_what_is_started_is_what_the_hand_derives(played: Played) -> None:
    assert played.starts == STARTS
    assert played.runs == len(STARTS)
    assert played.closed == ["succeeded"] * len(STARTS)
    assert played.dead == []


def test_columns_that_have_no_season_never_drift(played: Played) -> None:
    assert all(played.drifted(number).isdisjoint(NEVER) for number in played.verdicts)


def test_thrice_delivered_and_shuffled_ends_the_same(manifest: Path, bike: Path, played: Played) -> None:
    again = play(manifest, bike, seed=1, deliveries=3)
    assert again.verdicts == played.verdicts
    assert again.columns == played.columns
    assert again.judged == played.judged
    assert [set(start) for start in again.starts] == [set(start) for start in played.starts]
    assert again.starts == STARTS
    assert again.runs == len(STARTS)
    assert again.dead == []
