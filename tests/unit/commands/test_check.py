import subprocess
import sys
from pathlib import Path

import pytest

from holdfast.compliance.formats.format import every_format
from holdfast_console.commands.check import COMMAND
from holdfast_console.main import main

ROOT = Path(__file__).parents[3]


def test_help_shows_an_example_and_every_option_is_in_the_handbook(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--help"]) == 0
    assert "Example: holdfast check" in capsys.readouterr().out
    handbook = (ROOT / "docs" / "check.md").read_text()
    names = {name for parameter in COMMAND.params for name in parameter.opts}
    assert {name for name in names if f"`{name}`" not in handbook and f"`{name} " not in handbook} == set()


def test_every_format_is_in_the_handbook() -> None:
    handbook = (ROOT / "docs" / "check.md").read_text()
    assert [name for name in every_format() if f"| `{name}`" not in handbook] == []


def test_checking_takes_neither_the_cdk_nor_moto() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('aws_cdk', 'moto', 'constructs')));"
        "from holdfast_console.main import main; sys.exit(main(['check', '--help']))"
    )
    paths = f"{ROOT / 'functions'}:{ROOT / 'console'}"
    ran = subprocess.run(
        [sys.executable, "-c", code], env={"PATH": "/usr/bin", "PYTHONPATH": paths}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-1000:]
