"""`holdfast schema`: the JSON Schemas of governance.yaml and of a report's twin, for editors and CI."""

import json

import click


@click.command(name="schema")
@click.option("--report", "of_report", is_flag=True, help="Of the JSON that stands beside a batch's report.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
def print_schema(of_report: bool, as_json: bool) -> None:
    """Print the JSON Schema of governance.yaml, or of the JSON twin of a report.

    Example: holdfast schema > governance.schema.json
    """
    if of_report:
        from holdfast.batches.report.document import schema
    else:
        from holdfast.manifest import schema
    click.echo(json.dumps(schema(), indent=None if as_json else 2, sort_keys=True))


COMMAND = print_schema
