"""`holdfast manifest check`: is governance.yaml sound?"""

from pathlib import Path

import click

from holdfast.compliance.rulebook import Governed
from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from holdfast_console.terminal import console, json_line, plain


@click.group(name="manifest")
def manifest() -> None:
    """Work with governance.yaml.

    Example: holdfast manifest check governance.yaml
    """


def warnings(found: Manifest) -> list[str]:
    """Name what is allowed and yet likely a mistake."""
    unread = {bucket.name for bucket in found.buckets} - {model.batches.bucket for model in found.models.values()}
    said = [f"buckets: no model has batches in {name}" for name in sorted(unread)]
    said += [
        f"models.{name}: no retraining: drift will be reported, never acted on"
        for name, model in found.models.items()
        if model.retraining is None
    ]
    return said if found.models else [*said, "models: none: no batch will be judged"]


@manifest.command(name="check")
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=Path("governance.yaml"))
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def check(path: Path, strict: bool, as_json: bool) -> int:
    """Validate a manifest, with the line of every mistake.

    Example: holdfast manifest check governance.yaml --strict
    """
    try:
        found = Manifest.load(path)
        Governed(found)
    except ConfigurationError as error:
        problems = str(error).splitlines()
        if as_json:
            json_line({"path": str(path), "valid": False, "problems": problems, "warnings": []})
        else:
            click.echo("\n".join(problems), err=True)
        return 1
    said = warnings(found)
    if as_json:
        json_line(
            {
                "path": str(path),
                "valid": True,
                "problems": [],
                "warnings": said,
                "digest": found.digest,
                "models": len(found.models),
                "buckets": len(found.buckets),
            }
        )
    else:
        terminal = console()
        for warning in said:
            terminal.print("[yellow]warning[/] ", plain(f"{path}: {warning}"))
        sizes = f"{len(found.models)} models, {len(found.buckets)} buckets, {len(found.scope)} scopes"
        terminal.print("[green]sound[/] ", plain(f"{path}: {sizes}, digest {found.digest[:12]}"))
    return 1 if strict and said else 0


COMMAND = manifest
