"""`holdfast doctor`: see what would otherwise be silence."""

from dataclasses import asdict
from pathlib import Path

import click

from holdfast.manifest import Manifest
from holdfast_console.caller import caller
from holdfast_console.doctor.adapter import Account
from holdfast_console.doctor.examination import Change, Deployed, changes, examine
from holdfast_console.doctor.finding import Finding, exit_code
from holdfast_console.terminal import coloured, console, json_line, plain


@click.command(name="doctor")
@click.option("--manifest", "path", type=click.Path(path_type=Path), default=Path("governance.yaml"), show_default=True)
@click.option("--region", envvar="AWS_REGION", help="Where Holdfast is deployed; the first bucket's region otherwise.")
@click.option(
    "--ledger-table", envvar="HOLDFAST_LEDGER_TABLE", help="The ledger's table, to see the baselines in force."
)
@click.option("--topic-arn", envvar="HOLDFAST_TOPIC", help="The notifier's topic, to see who listens.")
@click.option("--queue-arn", envvar="HOLDFAST_BATCH_QUEUE_ARN", help="The judge's queue, for `events: notification`.")
@click.option("--enable-events", is_flag=True, help="Add the missing event settings, after showing the difference.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per finding.")
def doctor(
    path: Path,
    region: str | None,
    ledger_table: str | None,
    topic_arn: str | None,
    queue_arn: str | None,
    enable_events: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Check what nobody would hear of: events off, no trail, a key, reference, pipeline or subscriber missing.

    Reads only, unless --enable-events is given: that adds to a bucket's notification setting and takes nothing away.
    Exit code 1 if something is wrong, else 2 if something could not be checked, else 0.

    Example: holdfast doctor --ledger-table holdfast-ledger --topic-arn arn:aws:sns:eu-west-1:123456789012:holdfast
    """
    manifest = Manifest.load(path)
    if region is None and not manifest.buckets:
        raise click.UsageError("the manifest names no bucket: say --region")
    region = region or manifest.buckets[0].region
    account = Account(caller(region)[0], region)
    deployed = Deployed(ledger_table, topic_arn, queue_arn)
    if enable_events:
        for change in changes(account, manifest, deployed):
            _merge(account, change, ask=not yes)
    findings = []
    for finding in examine(account, manifest, deployed):
        json_line(asdict(finding)) if as_json else _show(finding)
        findings.append(finding)
    return exit_code(findings)


def _merge(account: Account, change: Change, *, ask: bool) -> None:
    click.echo(change.difference, err=True)
    if ask and not click.confirm(f"Add this to the notification setting of {change.bucket}?", err=True):
        return
    account.put_notification(change.bucket, change.after, instead_of=change.before)
    click.echo(f"events of {change.bucket} enabled", err=True)


def _show(finding: Finding) -> None:
    terminal = console()
    line = coloured(f"{finding.verdict.value:8}").append_text(plain(f"{finding.check:11} {finding.resource}: "))
    terminal.print(line.append_text(plain(finding.reason)))
    if finding.remedy:
        terminal.print(plain(f"         → {finding.remedy}"), style="dim")
    if finding.offer:
        for changed in finding.offer.splitlines():
            terminal.print(plain(f"           {changed}"), style="green" if changed.startswith("+") else "dim")


COMMAND = doctor
