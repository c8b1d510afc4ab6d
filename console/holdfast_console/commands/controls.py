"""`holdfast controls`: what is judged, why, and by which permissions."""

import click
from rich.table import Table

from holdfast.compliance import catalogue
from holdfast_console.catalogue_text import described, markdown
from holdfast_console.terminal import console, json_line, plain

SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": ""}


@click.command(name="controls")
@click.option("--markdown", "as_markdown", is_flag=True, help="The whole catalogue, as in docs/controls.md.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line per control, with permissions and parameters.")
def controls(as_markdown: bool, as_json: bool) -> None:
    """List the catalogue of controls.

    Example: holdfast controls --json | jq 'select(.kind == "s3_bucket") | .references'
    """
    if as_markdown:
        click.echo(markdown(), nl=False)
        return
    table = Table("control", "severity", "answers", "holds when", box=None, header_style="bold", pad_edge=False)
    for control in catalogue.every_control().values():
        if as_json:
            json_line(described(control))
            continue
        severity = f"[{SEVERITIES[control.severity]}]{control.severity}[/]" if SEVERITIES[control.severity] else "low"
        answers = control.references[0] if control.references else ""
        table.add_row(plain(control.id), severity, plain(answers), plain(control.title))
    if not as_json:
        console().print(table)


COMMAND = controls
