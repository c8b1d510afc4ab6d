"""`holdfast schema`: the JSON Schema of governance.yaml, for editors and CI."""

import json

import click

from holdfast.manifest import schema


@click.command(name="schema")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def print_schema(as_json: bool) -> None:
    """Print the JSON Schema of governance.yaml.

    Example: holdfast schema > governance.schema.json
    """
    click.echo(json.dumps(schema(), indent=None if as_json else 2, sort_keys=True))


COMMAND = print_schema
