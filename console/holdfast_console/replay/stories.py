"""Stories in a file: what is put, sent, done and waited for, and what the ledger must then say.

title: a broken batch
manifest: governance.yaml                # beside the story; without it the command's --manifest
start: 2026-03-02T09:00:00Z
ticks_every: 1 hour                      # leaves out timers' ticks that follow closer, on long waits
steps:                                   # everything settles after each
  - put: {bucket: ml-data, key: orders/batches/1.parquet, file: batch.parquet}      # or text: a few words
  - event: recorded.json                 # EventBridge events, S3 notifications, CloudTrail records; or the event itself
  - call: {service: s3, operation: delete_public_access_block, arguments: {Bucket: ml-data}}
  - next_run: {lasts: 20 minutes, fails: "CapacityError: none left", events: 2}
  - advance: 2 hours
  - expect: {kind: Batch Judged, subject: orders, outcomes: [unknown, quarantined]}
  - expect: {notifications: 1, dead_letters: 0, runs: 0}
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from holdfast.shared.contract import explained
from holdfast.shared.errors import ConfigurationError
from holdfast.shared.positioned_yaml import load_positioned
from holdfast_console.replay.session import START, Twin

UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


class StoryError(ConfigurationError):
    """A story cannot be played: whoever wrote it must act."""


def _duration(said: Any) -> Any:
    found = re.fullmatch(r"(\d+) (minute|hour|day|week)s?", said) if isinstance(said, str) else None
    if found is None:
        raise ValueError(f"expected a time such as '20 minutes', got {said!r}")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class Part(BaseModel):
    """A part of a story: closed and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Put(Part):
    """An object to put: a file beside the story, or a few words."""

    bucket: str
    key: str
    file: Path | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.text is None):
            raise ValueError("expected exactly one of file and text")
        return self


class Call(Part):
    """A call of an operator, such as {service: s3, operation: put_bucket_policy, arguments: {Bucket: ml-data, ...}}."""

    service: str
    operation: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    arguments: dict[str, Any] = {}


class NextRun(Part):
    """How the next pipeline execution or training job fares."""

    lasts: Duration | None = None
    fails: str | None = None
    events: int = Field(default=1, ge=0, le=10)
    refused: tuple[str, str] | None = None


class Expectation(Part):
    """What must be so by now: the outcomes of a kind of entry in their order, or counts of what went out."""

    kind: str | None = None
    subject: str | None = None
    outcomes: tuple[str, ...] | None = None
    notifications: int | None = None
    dead_letters: int | None = None
    runs: int | None = None


class Step(Part):
    """One step: exactly one of its fields."""

    put: Put | None = None
    event: dict[str, Any] | Path | None = None
    call: Call | None = None
    next_run: NextRun | None = None
    advance: Duration | None = None
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"expected exactly one of {', '.join(type(self).model_fields)}")
        return self


class Story(Part):
    """A manifest, a beginning, and steps; the app is settled after each of them."""

    title: str = "a story"
    manifest: Path | None = None
    start: AwareDatetime = START
    ticks_every: Duration | None = None
    steps: tuple[Step, ...] = Field(min_length=1)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a story, or raise `StoryError` with file, line and what was expected."""
        try:
            data, lines = load_positioned(path.read_bytes(), path)
        except OSError as error:
            raise StoryError(f"{path}: cannot be read: {error.strerror}") from error
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            place = tuple(error.errors()[0]["loc"])
            while place and place not in lines:
                place = place[:-1]
            raise StoryError(f"{path}:{lines.get(place, 1)}: {explained(error)}") from error


def play(story: Story, twin: Twin, *, folder: Path) -> Iterator[str]:
    """Play a story on a twin and give each expectation that is not met, in words; files are found from `folder`."""
    twin.settle()
    for number, step in enumerate(story.steps, 1):
        _do(step, twin, story=story, folder=folder)
        twin.settle()
        if step.expect is not None:
            yield from (f"step {number}: {problem}" for problem in _unmet(step.expect, twin))


def _do(step: Step, twin: Twin, *, story: Story, folder: Path) -> None:
    if step.put is not None:
        text = (step.put.text or "").encode()
        twin.put(
            step.put.bucket, step.put.key, text if step.put.file is None else (folder / step.put.file).read_bytes()
        )
    elif step.event is not None:
        for event in [step.event] if isinstance(step.event, dict) else events_of(folder / step.event):
            twin.send(event)
    elif step.call is not None:
        getattr(twin.client(step.call.service), step.call.operation)(**step.call.arguments)
    elif step.next_run is not None:
        twin.sagemaker.next_run(**dict(step.next_run))
    elif step.advance is not None:
        twin.advance(step.advance, ticks_every=story.ticks_every)


def _unmet(expected: Expectation, twin: Twin) -> Iterator[str]:
    if expected.outcomes is not None:
        found = [
            entry.outcome
            for entry in twin.ledger_entries()
            if expected.kind in (None, entry.kind) and expected.subject in (None, entry.subject)
        ]
        if found != list(expected.outcomes):
            of = " ".join(each for each in (expected.kind, expected.subject) if each is not None) or "the ledger"
            yield f"{of}: expected {', '.join(expected.outcomes) or 'nothing'}, got {', '.join(found) or 'nothing'}"
    counts = {
        "notifications": (expected.notifications, len(twin.notifications())),
        "dead letters": (expected.dead_letters, len(twin.dead_letters())),
        "runs": (expected.runs, len(twin.sagemaker.runs)),
    }
    for name, (wanted, got) in counts.items():
        if wanted is not None and wanted != got:
            yield f"expected {wanted} {name}, got {got}"


def events_of(path: Path) -> list[dict[str, Any]]:
    """Read recorded events: one JSON object, a list of them, or one a line."""
    try:
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.strip()]
        found = [json.loads(line) for line in lines] if path.suffix == ".jsonl" else json.loads(text)
    except OSError as error:
        raise StoryError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoryError(f"{path}: not JSON: {str(error)[:160]}") from error
    events = found if isinstance(found, list) else [found]
    if not all(isinstance(event, dict) for event in events):
        raise StoryError(f"{path}: expected JSON objects, got a {type(events[0]).__name__}")
    return events
