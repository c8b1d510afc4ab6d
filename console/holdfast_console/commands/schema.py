"""`holdfast schema`: the JSON Schema of governance.yaml, for editors and CI."""

import json

import click

from holdfast.manifest import schema


@click.command(name="schema")
def print_schema() -> None:
    """Print the JSON Schema of governance.yaml.

    Example: holdfast schema > governance.schema.json
    """
    click.echo(json.dumps(schema(), indent=2, sort_keys=True))


COMMAND = print_schema
