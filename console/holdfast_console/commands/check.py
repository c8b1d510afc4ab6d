"""`holdfast check`: judge live resources, recorded events or templates by the one catalogue of controls."""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from holdfast.compliance import catalogue
from holdfast.compliance.chosen import Chosen, controls_called
from holdfast.compliance.contract import SEVERITIES, Severity
from holdfast.compliance.formats.format import every_format
from holdfast.compliance.formats.judged import JudgedFinding
from holdfast.compliance.kind import Kind
from holdfast.compliance.rulebook import Everything, Governed, Rules
from holdfast.manifest import Manifest
from holdfast.shared import clock
from holdfast.shared.errors import ConfigurationError
from holdfast_console.check.choice import kinds_called, parameters_in, tried
from holdfast_console.check.live import Told
from holdfast_console.check.looking import Looking
from holdfast_console.check.progress import counted
from holdfast_console.check.surroundings import FALLBACK, default_region, fresh_clients, surroundings
from holdfast_console.check.table import show
from holdfast_console.check.tally import Tally
from holdfast_console.terminal import console

MANIFEST = Path("governance.yaml")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS = ("table", *every_format())


@dataclass(frozen=True, slots=True)
class Doors:
    """Where findings are asked for: in templates, by events, or live in some Regions."""

    templates: tuple[str, ...]
    template_params: Path | None
    events: tuple[str, ...]
    regions: tuple[str, ...]


@click.command(name="check")
@click.option("--template", "templates", multiple=True, type=click.Path(exists=True),
              help="Judge a CloudFormation template or a cdk.out folder instead of live resources.")  # fmt: skip
@click.option("--template-params", type=FILE, help="Values of the templates' own parameters, JSON or YAML.")
@click.option("--event", "events", multiple=True, type=click.Path(exists=True, dir_okay=False),
              help="Judge the live state of what these recorded events name.")  # fmt: skip
@click.option("--region", "regions", multiple=True, envvar="AWS_REGION", help="Where to look; may be repeated.")
@click.option("--kind", "kinds", multiple=True, help="Only these kinds: s3_bucket, sagemaker_*, AWS::S3::Bucket.")
@click.option("--resource", default="*", metavar="GLOB", help="Only resources of such a name.")
@click.option("--control", "controls", multiple=True, metavar="ID",
              help="Only these controls, by id or reference: tls_only, S3.5, SageMaker.4.")  # fmt: skip
@click.option("--governed", is_flag=True, help="Only what the manifest governs, by its rules and waivers.")
@click.option("--manifest", type=click.Path(path_type=Path), default=MANIFEST, show_default=True)
@click.option("--params", "parameters", type=FILE, help="Parameters by control id or reference, JSON or YAML.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per finding; the same as --format json.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="How to write findings.  [default: table]")
@click.option("--fail-on", "fails_from", type=click.Choice(SEVERITIES), default="low", show_default=True,
              help="Let only findings of this severity or above fail the command.")  # fmt: skip
def check(
    templates: tuple[str, ...],
    template_params: Path | None,
    events: tuple[str, ...],
    regions: tuple[str, ...],
    kinds: tuple[str, ...],
    resource: str,
    controls: tuple[str, ...],
    governed: bool,
    manifest: Path,
    parameters: Path | None,
    as_json: bool,
    form: str | None,
    fails_from: Severity,
) -> int:
    """Judge S3 and SageMaker: the account's live resources, what recorded events name, or templates.

    Exit code 1 if a control fails, else 2 if one could not be judged, else 0; what the manifest waives does not fail.

    Example: holdfast check --region eu-west-1 --control S3.5 --format sarif > findings.sarif
    """
    form = _form(as_json, form)
    if template_params is not None and not templates:
        raise click.UsageError("--template-params needs --template")
    if templates and events:
        raise click.UsageError("--template and --event: say one of them")
    if governed and parameters is not None:
        raise click.UsageError("--params goes without --governed: the manifest gives a governed control's parameters")
    said = Manifest.load(manifest) if governed else None
    wanted = _wanted(controls)
    looking = Looking(_rules(said, wanted, parameters), _kinds(kinds, wanted, said), resource, clock.now(), said)
    tally = Tally(fails_from)
    with fresh_clients():
        told, about = _told(looking, Doors(templates, template_params, events, regions))
        is_mixed = form != "table" and sys.stdout is not None and sys.stdout.isatty()
        _tell(counted(told, tally, is_mixed=is_mixed), tally, form, about=about)
    tally.is_unread |= looking.is_unread
    return tally.exit_code


def _wanted(names: tuple[str, ...]) -> frozenset[str] | None:
    try:
        return controls_called(names) if names else None
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def _form(as_json: bool, form: str | None) -> str:
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form}: say one of them")
    return "json" if as_json else form or "table"


def _rules(manifest: Manifest | None, wanted: frozenset[str] | None, parameters: Path | None) -> Rules:
    """Read the rules, and fail at once if they give a control what it does not take."""
    rules: Rules = Governed(manifest) if manifest else Everything(parameters_in(parameters) if parameters else {})
    return tried(rules if wanted is None else Chosen(rules, wanted))


def _kinds(names: tuple[str, ...], wanted: frozenset[str] | None, manifest: Manifest | None) -> tuple[Kind, ...]:
    """Give the kinds that are asked for, of which there is something to judge."""
    found = tuple(
        kind
        for kind in kinds_called(names)
        if any(wanted is None or control.id in wanted for control in catalogue.controls_of(kind.id))
    )
    if not found:
        raise click.UsageError("no control asked for judges a kind asked for: there is nothing to look at")
    if manifest is None:
        return found
    governed = Governed(manifest)
    return tuple(kind for kind in found if governed.concerns(kind.id))


def _told(looking: Looking, doors: Doors) -> tuple[Iterator[Told], str]:
    """Open the door that is asked for, and say what is behind it."""
    moment = f"{looking.now:%Y-%m-%d %H:%M} UTC"
    if doors.templates:
        return looking.declared(doors.templates, doors.template_params), f"{', '.join(doors.templates)} · {moment}"
    named = tuple(region for region in doors.regions if region.strip())
    where = surroundings(named or (_region(),), looking.manifest.waivers if looking.manifest else ())
    about = f"account {where.account} · {', '.join(where.regions)} · {moment}"
    return (looking.events(where, doors.events) if doors.events else looking.live(where)), about


def _region() -> str:
    if (found := default_region()) is not None:
        return found
    click.echo(f"no Region is set: looking in {FALLBACK}, say --region for another", err=True)
    return FALLBACK


def _tell(findings: Iterator[JudgedFinding], tally: Tally, form: str, *, about: str) -> None:
    if form == "table":
        deque(findings, maxlen=0)
        show(tally, console(), about=f"{tally.resources:,} looked at · {about}")
        return
    for line in every_format()[form].write(findings):
        click.echo(line)


COMMAND = check
