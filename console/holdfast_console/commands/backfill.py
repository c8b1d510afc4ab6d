"""`holdfast backfill`: judge what arrived before Holdfast did, after showing what that costs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import track

from holdfast.batches.adapter import ObjectStore
from holdfast.batches.listing import Listed
from holdfast.batches.logic import BATCH, BatchState, Subject
from holdfast.batches.sweep import Search, as_event
from holdfast.batches.sweep_adapter import JudgeQueue
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.logic import Author
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.clients import client
from holdfast_console.backfill import PRICES_AS_OF, Estimate, money
from holdfast_console.caller import caller
from holdfast_console.terminal import console, json_line, plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SENT_AT_ONCE = 100


@dataclass(slots=True)
class Found:
    """What one model's prefix holds without a verdict."""

    model: str
    estimate: Estimate = field(default_factory=Estimate)
    versions: list[Listed] = field(default_factory=list)


@click.command(name="backfill")
@click.argument("models", nargs=-1)
@click.option("--manifest", "path", type=click.Path(path_type=Path), default=Path("governance.yaml"), show_default=True)
@click.option("--region", envvar="AWS_REGION", help="Where Holdfast is deployed; the first bucket's region otherwise.")
@click.option("--since", type=click.DateTime(), help="Leave out what is older (UTC).")
@click.option("--ledger-table", envvar="HOLDFAST_LEDGER_TABLE", help="The ledger's table, to leave out what is judged.")
@click.option("--queue-url", envvar="HOLDFAST_BATCH_QUEUE_URL", help="The judge's queue, where batches are sent.")
@click.option("--yes", is_flag=True, help="Send them; without it, only count and cost are shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per model.")
def backfill(
    models: tuple[str, ...],
    path: Path,
    region: str | None,
    since: datetime | None,
    ledger_table: str | None,
    queue_url: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Judge the batches of MODELS (all, if none is named) that arrived before Holdfast watched them.

    Shows how many object versions there are, how large they are and what judging them costs; with --yes sends them to
    the judge's queue. A version with a final verdict is never judged again, so that a second backfill changes nothing.

    Example: holdfast backfill bike-demand --since 2026-01-01 --ledger-table holdfast-ledger --queue-url URL --yes
    """
    manifest = Manifest.load(path)
    if unknown := sorted(set(models) - manifest.models.keys()):
        raise click.UsageError(f"no model {', '.join(unknown)} in {path}, expected {', '.join(manifest.models)}")
    if yes and queue_url is None:
        raise click.UsageError("--yes needs --queue-url")
    if not manifest.models:
        raise click.UsageError(f"{path} governs no model")
    region, oldest = region or manifest.buckets[0].region, since.replace(tzinfo=UTC) if since else EPOCH
    account, _ = caller(region)
    store = ObjectStore(client("s3", region), account)
    ledger = None
    if ledger_table:
        ledger = Ledger(client("dynamodb", region), ledger_table, Author("backfill", manifest.digest))
    found = [_found(name, manifest, store=store, since=oldest, ledger=ledger) for name in models or manifest.models]
    if not as_json:
        _show(found, is_exact=ledger is not None, is_dry=not yes)
    for one in found:
        if yes and queue_url:
            _send(one, JudgeQueue(client("sqs", region), queue_url), account=account, quiet=as_json)
        if as_json:
            counted = {"versions": one.estimate.versions, "bytes": one.estimate.size}
            cost = {"cost_usd": round(one.estimate.cost, 6), "prices": PRICES_AS_OF}
            json_line({"model": one.model, **counted, **cost, "sent": one.estimate.versions if yes else 0})
    return 0


def _found(name: str, manifest: Manifest, *, store: ObjectStore, since: datetime, ledger: Ledger | None) -> Found:
    found, source = Found(name), manifest.models[name].batches
    search = Search(source, since, clock.now(), has_baseline=True, is_whole=False)
    for page in store.versions(source.bucket, source.prefix):
        for version in page.versions:
            if search.regards(version) and search.wants(version, _state(name, version, ledger)):
                found.versions.append(version)
                found.estimate = found.estimate.with_one(version.size)
    return found


def _state(model: str, version: Listed, ledger: Ledger | None) -> BatchState:
    subject = Subject(model, version.bucket, version.key, version.version_id)
    return ledger.state(subject.stream, BATCH) if ledger else BatchState()


def _show(found: list[Found], *, is_exact: bool, is_dry: bool) -> None:
    terminal = console()
    for one in found:
        size = f"{one.estimate.size / 1e6:,.1f} MB"
        said = f"{one.model}: {one.estimate.versions:,} object versions, {size}, about {money(one.estimate.cost)}"
        terminal.print(plain(said))
    if not is_exact:
        terminal.print(plain("versions already judged are counted too: name the ledger with --ledger-table"))
    how = "; nothing is sent: add --yes and --queue-url to send them to the judge" if is_dry else ""
    terminal.print(plain(f"prices: {PRICES_AS_OF}{how}"))


def _send(found: Found, queue: JudgeQueue, *, account: str, quiet: bool) -> None:
    now = clock.now()
    portions = list(_portions(found.versions))
    bar = track(portions, f"{found.model}: sending", console=console(stderr=True), disable=quiet)
    for portion in bar:
        event_id = f"backfill-{now.isoformat()}"
        queue.send([as_event(version, account=account, event_id=event_id, now=now) for version in portion])


def _portions(versions: list[Listed]) -> Iterator[list[Listed]]:
    for first in range(0, len(versions), SENT_AT_ONCE):
        yield versions[first : first + SENT_AT_ONCE]


COMMAND = backfill
