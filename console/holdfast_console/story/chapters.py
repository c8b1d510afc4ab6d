"""The bundled story, chapter by chapter: what is done, and the claims that its ledger must bear out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from holdfast.ledger.contract import Entry
from holdfast_console.replay.session import Twin
from holdfast_console.story import batches, compliance
from holdfast_console.story.batch_reports import are_borne_out
from holdfast_console.story.bucket import make_logs, make_sound
from holdfast_console.story.chapter import Chapter, Claim
from holdfast_console.story.data import deliveries, parquet, truncated

MODEL, EXAMINED, BIKE = "delivery-times", "courier-supply", "bike-demand"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
BATCHES = f"{MODEL}/batches"
ROWS = 4000


class Teller:
    """Plays chapters on a twin and keeps what each added to trace and ledger."""

    def __init__(self, twin: Twin, *, real_data: Path | None) -> None:
        self.twin = twin
        self._real_data = real_data
        self._told = 0
        self._written = 0

    def tell(self) -> Iterator[Chapter]:
        """Play the chapters one after the other."""
        plays: tuple[Callable[[], Chapter], ...] = (
            self.deploy,
            self.clean,
            self.broken,
            self.slow_drift,
            partial(batches.missed, self),
            self.quiet,
            self.silence,
            partial(batches.gathered, self),
            partial(batches.released, self),
            self.alibi,
            *(partial(chapter, self) for chapter in compliance.CHAPTERS),
            self.bicycles,
        )
        yield from map(self.play, plays)

    def play(self, told: Callable[[], Chapter]) -> Chapter:
        """Play one chapter, and keep the lines that it added to the trace."""
        chapter = told()
        chapter.lines = self.twin.trace[self._told :]
        self._told += len(chapter.lines)
        self._written = len(self.twin.ledger_entries())
        return chapter

    @property
    def has_real_data(self) -> bool:
        """Tell whether the real batches are at hand."""
        return self._real_data is not None and (self._real_data / "reference.parquet").is_file()

    def real(self, name: str) -> bytes:
        """Read one of the real files."""
        return (self._real_data or Path()).joinpath(name).read_bytes()

    def new(self, kind: str, subject: str | None = None) -> list[Entry]:
        """Give this chapter's entries of one kind."""
        entries = self.twin.ledger_entries()[self._written :]
        return [entry for entry in entries if entry.kind == kind and subject in (None, entry.subject)]

    def levels(self, model: str) -> list[str]:
        """Give this chapter's verdicts on a model's batches."""
        return [entry.outcome for entry in self.new("Batch Judged", model)]

    def batch(self, day: str, *, seed: int, shift: float = 0.0) -> None:
        """Let a batch of deliveries arrive and everything that follows happen."""
        self.twin.put("ml-data", f"{BATCHES}/{day}.parquet", parquet(deliveries(ROWS, seed=seed, shift=shift)))
        self.twin.settle()

    def deploy(self) -> Chapter:
        """Install, and put the references where the manifest says, into buckets that are in order."""
        s3 = self.twin.client("s3")
        with self.twin.unseen():
            make_logs(s3)
            for bucket in self.twin.manifest.buckets:
                make_sound(s3, bucket.name)
        made = parquet(deliveries(20_000, seed=1))
        self.twin.put("ml-data", f"{MODEL}/reference.parquet", made)
        self.twin.put("ml-data", f"{EXAMINED}/reference.parquet", made)
        self.twin.put("ml-data", f"{batches.MODEL}/reference.parquet", made)
        if self.has_real_data:
            self.twin.put("ml-data", f"{BIKE}/reference.parquet", self.real("reference.parquet"))
        self.twin.settle()
        return Chapter(
            "The house stands",
            "The app is synthesised and its template installed. Every delivery, from rule to queue, "
            "from queue to function, from "
            "stream to publisher, from alarm to topic, is proved against the policies before the first event.",
            claims=[
                Claim("every delivery that the template wires is granted", bool(self.twin.installation.edges)),
                Claim("a reference alone causes nothing", not self.twin.ledger_entries()),
            ],
        )

    def clean(self) -> Chapter:
        """A batch like the reference; there is no baseline yet."""
        self.batch("week-01", seed=11)
        levels = self.levels(MODEL)
        self.twin.advance(timedelta(hours=1))
        watched = {entry.subject for entry in self.new("Watch Started")}
        return Chapter(
            "A clean batch is accepted",
            "Without a baseline nothing may pass: the first verdict is unknown, and a baseline is "
            "asked for. Once it is built "
            "from the reference, the sweeper sends the batch back to the judge.",
            claims=[
                Claim("unknown came first, for want of a baseline", levels[:1] == ["unknown"]),
                Claim("the baseline was built once", len(self.new("Baseline Activated", MODEL)) == 1),
                Claim("the batch was then accepted", levels[1:] in (["none"], ["notice"])),
                Claim("the watch over every prefix has started", watched == set(self.twin.manifest.models)),
            ],
        )

    def broken(self) -> Chapter:
        """An upload that died half-way."""
        half = truncated(parquet(deliveries(ROWS, seed=12)))
        version = self.twin.put("ml-data", f"{BATCHES}/week-02.parquet", half)
        self.twin.settle()
        s3 = self.twin.client("s3")
        target = {"Bucket": "ml-data", "Key": f"{BATCHES}/week-02.parquet", "VersionId": version}
        tags = {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(**target)["TagSet"]}
        self.batch("week-02-again", seed=12)
        return Chapter(
            "A broken batch goes to quarantine",
            "Half a Parquet file is read and refused. Its version is copied to Holdfast's own bucket "
            "and tagged; nothing is deleted. "
            "The producer sends it again, whole.",
            claims=[
                Claim(
                    "the broken batch was quarantined, the second one accepted",
                    self.levels(MODEL)[0] == "quarantined" and self.levels(MODEL)[1:] in (["none"], ["notice"]),
                ),
                Claim("one copy was made and recorded", len(self.new("Batch Quarantined", MODEL)) == 1),
                Claim("the original is still there, and tagged", tags.get("holdfast") == "quarantined"),
                Claim("its owner was told", any("quarantined" in note.subject for note in self.twin.notifications())),
            ],
        )

    def slow_drift(self) -> Chapter:
        """Customers order from further away, week by week."""
        for number, shift in enumerate((0.06, 0.12, 0.20, 0.25), start=3):
            self.twin.advance(WEEK, ticks_every=2 * DAY)
            self.batch(f"week-{number:02d}", seed=10 + number, shift=shift)
        self.twin.advance(timedelta(hours=3), ticks_every=timedelta(minutes=30))
        started, closed = self.new("Run Started", MODEL), self.new("Run Closed", MODEL)
        activated = [entry for entry in self.new("Baseline Activated", MODEL) if entry.body["source"] == "run"]
        return Chapter(
            "The world drifts slowly",
            "Distances grow and bicycles give way to scooters, a little every week. One drifted "
            "batch is news; two of three are a "
            "reason. The pipeline is started once, with the versions of the batches it shall learn "
            "from. What it learned from becomes "
            "the new baseline.",
            claims=[
                Claim(
                    "training was decided once and started once",
                    len(self.new("Retrain Decided", MODEL)) == len(started) == 1,
                ),
                Claim("SageMaker saw one execution", len(self.twin.sagemaker.runs) == 1),
                Claim("the run succeeded and was closed once", [entry.outcome for entry in closed] == ["succeeded"]),
                Claim("its batches became the baseline", len(activated) == 1),
                Claim(
                    "each verdict has its report, under lock, of the bytes whose hash is on record",
                    are_borne_out(self.twin, self.new("Batch Judged", MODEL), self.new("Report Stored", MODEL)),
                ),
            ],
        )

    def quiet(self) -> Chapter:
        """The change stays; the model has learned it."""
        for number in (7, 8, 9):
            self.twin.advance(WEEK, ticks_every=2 * DAY)
            self.batch(f"week-{number:02d}", seed=10 + number, shift=0.23)
        self.twin.advance(timedelta(hours=1))
        return Chapter(
            "Quiet on the new baseline",
            "The change lasts, and against what the model now knows it is no news. A lasting change "
            "costs one training run, not one "
            "for every cooldown.",
            claims=[
                Claim(
                    "three more batches are accepted",
                    [level in ("none", "notice") for level in self.levels(MODEL)] == [True] * 3,
                ),
                Claim("no further training was decided", not self.new("Retrain Decided", MODEL)),
            ],
        )

    def silence(self) -> Chapter:
        """Somebody switched the bucket's events off; then a batch came three times over."""
        s3 = self.twin.client("s3")
        kept = s3.get_bucket_notification_configuration(Bucket="ml-data")
        kept.pop("ResponseMetadata", None)
        s3.put_bucket_notification_configuration(Bucket="ml-data", NotificationConfiguration={})
        self.batch("week-10", seed=20, shift=0.23)
        unseen = not self.levels(MODEL)
        s3.put_bucket_notification_configuration(Bucket="ml-data", NotificationConfiguration=kept)
        self.twin.advance(timedelta(hours=2))
        return Chapter(
            "Silence is noticed",
            "The bucket's events were switched off while a batch arrived. No event came, and none "
            "comes late. The sweep lists the "
            "prefix and finds a version without a verdict.",
            claims=[
                Claim("no event told of the batch", unseen),
                Claim("the sweep found it and it was judged once", len(self.levels(MODEL)) == 1),
            ],
        )

    def alibi(self) -> Chapter:
        """A second opinion, in an environment of its own, through the other door."""
        self.twin.put("ml-landing", f"{EXAMINED}/like the reference+1.parquet", parquet(deliveries(ROWS, seed=31)))
        self.twin.settle()
        self.twin.put("ml-landing", f"{EXAMINED}/unlike.parquet", parquet(deliveries(ROWS, seed=32, shift=0.8)))
        self.twin.settle()
        examined = self.new("Batch Examined", EXAMINED)
        said = {(entry.body["detector"], entry.body["key"].rpartition("/")[2]): entry.outcome for entry in examined}
        return Chapter(
            "A second opinion by alibi-detect",
            "This bucket tells the queue directly (an S3 notification with an encoded key). The "
            "model names alibi-detect's "
            "TabularDrift and ClassifierDrift, which run in an environment of their own under the "
            "Lambda runtime client.",
            claims=[
                Claim("both detectors spoke on both batches", len(said) == 4),
                Claim(
                    "they agree that the second batch drifted",
                    all(outcome == "drift" for (_, key), outcome in said.items() if key == "unlike.parquet"),
                ),
            ],
        )

    def bicycles(self) -> Chapter:
        """Capital Bikeshare, 2011 and 2012."""
        title = "Real data: bicycles in Washington"
        if not self.has_real_data:
            return Chapter(title, "", skipped="no folder shared/data/bike beside the project")
        for number in range(15):
            name = f"batch-{number:02d}.parquet"
            self.twin.put("ml-data", f"{BIKE}/batches/{name}", self.real(name))
            self.twin.settle()
            self.twin.advance(timedelta(days=30), ticks_every=timedelta(days=10))
        verdicts = {entry.body["key"].rpartition("/")[2]: entry.outcome for entry in self.new("Batch Judged", BIKE)}
        clean = [verdicts[f"batch-{number:02d}.parquet"] for number in range(3)]
        calm = all(level in ("none", "notice") for level in clean)
        return Chapter(
            title,
            "Hourly bicycle hires against a random sample of 2011: three batches of the same year, "
            "then every month of 2012, when "
            "use had grown by two thirds and every month has its season.",
            claims=[
                Claim(
                    "the three batches of the reference's own year raise no alarm",
                    calm,
                ),
                Claim("every batch has a verdict", len(verdicts) == 15),
                Claim(
                    "the first one comes after its deadline, all others in time",
                    [entry.outcome for entry in self.new("Batch Awaited", BIKE)] == ["late"] + ["in_time"] * 14,
                ),
                Claim(
                    "training was started at least once, and never twice for one decision",
                    0 < len(self.new("Run Started", BIKE)) == len(self.new("Retrain Decided", BIKE)),
                ),
            ],
        )
