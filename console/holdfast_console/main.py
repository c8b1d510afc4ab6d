"""The `holdfast` command: finds its commands in `commands/`, and imports only the one that is called."""

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pkgutil import iter_modules

import click

from holdfast.shared.errors import ConfigurationError, GovernanceError, IntegrityError
from holdfast_console import commands
from holdfast_console.memory import keep_memory
from holdfast_console.processor import suit_numpy

USAGE, UNJUDGED, FAILED = 64, 2, 1
EXTRA = "replay"
OURS = frozenset({"holdfast", "holdfast_console", "infra"})
MEMORY_POOL = "ARROW_DEFAULT_MEMORY_POOL"
OBJECTS = 150_000  # made before cycles are looked for: the default looks a hundred times while libraries load
PLUGINS = "PYDANTIC_DISABLE_PLUGINS"  # to look for them opens every installed package


class Commands(click.Group):
    """The files of `commands/` as a group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(module.name.replace("_", "-") for module in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        try:
            module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] in OURS:
                raise
            return _lacking(cmd_name, error.name)
        command: click.Command = module.COMMAND
        return command


def _lacking(name: str, module: str) -> click.Command:
    """Stand for a command whose extra is not installed: it is listed, and says what to install."""
    said = f"needs {module}: pip install 'holdfast[{EXTRA}]'"

    def refuse(**_: object) -> None:
        raise ConfigurationError(f"{name} {said}")

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(name, context_settings=anything, callback=refuse, short_help=f"({said})")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="holdfast")
def holdfast() -> None:
    """Keep machine learning on AWS from drifting: out of compliance, away from its data, past its budget.

    Example: holdfast drift reference.parquet batch-*.parquet
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command with these arguments and give its exit code: 0 well, 1 found wrong, 2 not judged, 64 misused."""
    try:
        answer = holdfast.main(
            args=None if arguments is None else list(arguments), prog_name="holdfast", standalone_mode=False
        )
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return USAGE
    except IntegrityError as error:
        click.echo(f"holdfast: {error}", err=True)
        return FAILED
    except _misses() as error:
        click.echo(f"holdfast: {error}", err=True)
        return UNJUDGED
    return answer if isinstance(answer, int) else 0


def _misses() -> tuple[type[Exception], ...]:
    """Name what keeps a command from judging; boto3's own errors only if the command has loaded it."""
    loaded = sys.modules.get("botocore.exceptions")
    return (GovernanceError, OSError) if loaded is None else (GovernanceError, OSError, loaded.BotoCoreError)


def run() -> None:
    """Be the console script; Arrow's own memory pool would reserve a gigabyte, which a bounded process may not have.

    Of the others, jemalloc gives memory back soonest and takes least time; it comes with Arrow on Linux.

    A terminal that lacks a character is shown its number: what was found is worth more than how it looks.
    """
    os.environ.setdefault(MEMORY_POOL, "jemalloc" if sys.platform == "linux" else "system")
    os.environ.setdefault(PLUGINS, "__all__")
    suit_numpy()
    keep_memory()
    gc.set_threshold(OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(main())
