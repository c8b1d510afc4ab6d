"""Look at everything that could be silent, in the order in which an event travels."""

from collections.abc import Iterator
from dataclasses import dataclass

from holdfast.batches.policy import bucket_of, key_of
from holdfast.manifest import Bucket, Manifest, Model
from holdfast_console.doctor import checks, notification
from holdfast_console.doctor.adapter import Account
from holdfast_console.doctor.finding import Finding, Unread, Verdict


@dataclass(frozen=True, slots=True)
class Deployed:
    """Where the deployed house is, as far as whoever asks knows."""

    ledger_table: str | None = None
    topic_arn: str | None = None
    queue_arn: str | None = None


def prefixes(manifest: Manifest, bucket: str) -> list[str]:
    """Name the prefixes of a bucket below which batches land."""
    return sorted({model.batches.prefix for model in manifest.models.values() if model.batches.bucket == bucket})


def examine(account: Account, manifest: Manifest, deployed: Deployed) -> Iterator[Finding]:
    """Find what works, what does not, and what cannot be looked at."""
    for bucket in manifest.buckets:
        yield from _bucket(account, bucket, prefixes(manifest, bucket.name), deployed)
    for name, model in manifest.models.items():
        yield from _model(account, name, model, manifest=manifest, deployed=deployed)
    yield checks.trail(account.trails(), account.region)
    yield _topic(account, deployed.topic_arn)


def _bucket(account: Account, bucket: Bucket, below: list[str], deployed: Deployed) -> Iterator[Finding]:
    yield checks.region(bucket, account.bucket_region(bucket.name))
    state = account.key_state(bucket.kms_key_arn) if bucket.kms_key_arn else None
    yield checks.key(bucket, account.encryption(bucket.name), state)
    if below:
        setting = account.notification(bucket.name)
        yield checks.events(bucket, below, setting, queue_arn=deployed.queue_arn)
        yield checks.quarantine(bucket, below, account.policy(bucket.name))


def _model(account: Account, name: str, model: Model, *, manifest: Manifest, deployed: Deployed) -> Iterator[Finding]:
    size = account.object_size(bucket_of(model.reference), key_of(model.reference))
    yield checks.reference(name, model.reference, size)
    if deployed.ledger_table is None:
        yield Finding("baseline", name, Verdict.UNKNOWN, "the ledger's table is not named", "--ledger-table NAME")
    else:
        yield checks.baseline(name, account.baseline(deployed.ledger_table, name, manifest.digest))
    if model.retraining is None:
        return
    if model.retraining.training_job is not None:
        role = model.retraining.training_job.role_arn
        yield checks.trainer(name, f"role {role}", account.role_status(role))
    elif model.retraining.pipeline is not None:
        pipeline = model.retraining.pipeline
        yield checks.trainer(name, f"pipeline {pipeline}", account.pipeline_status(pipeline))


def _topic(account: Account, arn: str | None) -> Finding:
    if arn is None:
        return Finding("topic", "notifications", Verdict.UNKNOWN, "the topic is not named", "--topic-arn ARN")
    return checks.topic(arn, account.subscriptions(arn))


@dataclass(frozen=True, slots=True)
class Change:
    """A notification setting as it is, and as it would have to be."""

    bucket: str
    before: dict[str, object]
    after: dict[str, object]

    @property
    def difference(self) -> str:
        """Show the change line by line."""
        return notification.difference(self.before, self.after, name=f"notifications of {self.bucket}")


def changes(account: Account, manifest: Manifest, deployed: Deployed) -> Iterator[Change]:
    """Work out what has to be added to the buckets' notification settings; nothing is ever taken away."""
    for bucket in manifest.buckets:
        below, setting = prefixes(manifest, bucket.name), account.notification(bucket.name)
        if not below or isinstance(setting, Unread):
            continue
        if bucket.events == "eventbridge":
            after = notification.with_eventbridge(setting)
        elif deployed.queue_arn is not None:
            after = notification.with_queue(setting, below, queue_arn=deployed.queue_arn)
        else:
            continue
        if after != setting:
            yield Change(bucket.name, setting, after)
