"""The command's exit codes and words hold whatever a command runs into."""

import io
import json
import os
import sys
from collections.abc import Callable
from types import SimpleNamespace

import click
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from holdfast.shared.errors import ConfigurationError, IntegrityError, TransientError
from holdfast_console import main as console
from holdfast_console.main import main
from holdfast_console.terminal import json_line


def calling(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> int:
    """Run a command that does this."""
    command = SimpleNamespace(COMMAND=click.Command("schema", callback=act))
    monkeypatch.setattr(console, "importlib", SimpleNamespace(import_module=lambda _: command))
    return main(["schema"])


def raising(error: BaseException) -> Callable[[], object]:
    """Raise an error when called."""

    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (IntegrityError("broken"), 1),
        (ConfigurationError("missing"), 2),
        (TransientError("later"), 2),
        (NoCredentialsError(), 2),
        (EndpointConnectionError(endpoint_url="https://s3"), 2),
        (PermissionError(13, "Permission denied"), 2),
        (click.UsageError("misused"), 64),
        (KeyboardInterrupt(), 130),
    ],
    ids=repr,
)
def test_an_error_has_its_exit_code_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    assert calling(monkeypatch, raising(error)) == code
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [(0, 0), (1, 1), (2, 2), (None, 0)])
def test_a_command_that_answers_decides_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, answer: object, code: int
) -> None:
    assert calling(monkeypatch, lambda: answer) == code


@pytest.mark.parametrize(
    "arguments",
    [[], ["nope"], ["ledger"], ["ledger", "nope"], ["ledger", "verify"], ["schema", "extra"], ["schema", "--nope"],
     ["manifest", "check", "/nowhere.yaml"], ["manifest", "check", "/"], ["ledger_export"], ["../main"], [""]],
    ids=repr,
)  # fmt: skip
def test_misuse_is_64(arguments: list[str]) -> None:
    assert main(arguments) == 64


@pytest.mark.parametrize(
    "words",
    [[], *([name] for name in sorted(console.holdfast.list_commands(click.Context(console.holdfast)))),
     ["manifest", "check"], ["ledger", "verify"]],
    ids=" ".join,
)  # fmt: skip
def test_every_help_has_an_example(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--help"]) == 0
    assert f"Example: holdfast {' '.join(words)}".strip() in " ".join(capsys.readouterr().out.split())


def test_the_schema_is_one_line_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--json"]) == 0
    [line] = capsys.readouterr().out.splitlines()
    assert main(["schema"]) == 0
    assert json.loads(line) == json.loads(capsys.readouterr().out)


def test_the_console_script_reserves_no_gigabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "main", lambda: 0)
    for chosen, expected in ((None, "jemalloc" if sys.platform == "linux" else "system"), ("system", "system")):
        monkeypatch.delenv(console.MEMORY_POOL, raising=False)
        if chosen:
            monkeypatch.setenv(console.MEMORY_POOL, chosen)
        with pytest.raises(SystemExit):
            console.run()
        assert os.environ[console.MEMORY_POOL] == expected
    monkeypatch.delenv(console.MEMORY_POOL)


def test_help_is_no_misuse() -> None:
    assert main(["--help"]) == main(["ledger", "verify", "--help"]) == 0


def test_a_command_whose_extra_is_absent_is_listed_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("holdfast_console.commands.")]:
        monkeypatch.delitem(sys.modules, name)
    for name in [name for name in sys.modules if name.startswith("holdfast_console.replay")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "moto", None)
    assert main(["--help"]) == 0
    assert "needs moto: pip install 'holdfast[replay]'" in capsys.readouterr().out
    assert main(["replay", "some", "--thing"]) == 2
    assert capsys.readouterr().err == "holdfast: replay needs moto: pip install 'holdfast[replay]'\n"


def test_a_part_of_our_own_that_is_missing_is_not_taken_for_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> object:
        raise ModuleNotFoundError(name, name="holdfast.ledger.gone")

    monkeypatch.setattr(console, "importlib", SimpleNamespace(import_module=absent))
    with pytest.raises(ModuleNotFoundError):
        main(["schema"])


def test_half_a_surrogate_pair_is_printed_as_json_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    json_line({"key": "a\ud800", "city": "Zürich"})
    out = capsys.readouterr().out
    assert "Zürich" in out
    assert json.loads(out) == {"key": "a\ud800", "city": "Zürich"}


def test_a_terminal_that_lacks_a_character_is_shown_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(shown, encoding="latin-1"))
    monkeypatch.setattr("sys.argv", ["holdfast", "schema"])
    monkeypatch.setattr(console, "main", lambda: print("✗ é", flush=True))
    with pytest.raises(SystemExit):
        console.run()
    assert shown.getvalue() == b"\\u2717 \xe9\n"
