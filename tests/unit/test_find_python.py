"""Setup finds a Python that runs, whatever the machine calls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FIND = Path(__file__).parents[2] / "tools" / "find-python"
REAL = str(getattr(sys, "_base_executable", sys.executable))
DEAD = 'echo "pyenv: command not found" >&2; exit 127'
RUNS = f'exec "{REAL}" "$@"'
ONLY_IF_TOLD = f'[ "$PYENV_VERSION" = 3.12.9 ] || exit 127; {RUNS}'
NO_VENV = f'case "$*" in *ensurepip*) exit 1;; esac; {RUNS}'
TOO_NEW = 'case "$*" in *version_info*) echo "";; esac'


def machine(folder: Path, **commands: str) -> dict[str, str]:
    """Make a PATH of nothing but these commands."""
    binaries = folder / "bin"
    binaries.mkdir()
    for name, text in commands.items():
        command = binaries / name.replace("_", ".")
        command.write_text(f"#!/bin/sh\n{text}\n")
        command.chmod(0o755)
    return {"PATH": str(binaries), "HOME": str(folder)}


def found(environment: dict[str, str]) -> tuple[int, str]:
    """Run the script and give its exit code and its answer."""
    ran = subprocess.run(
        ["/bin/bash", str(FIND)], env=environment, capture_output=True, text=True, check=False, cwd="/"
    )
    return ran.returncode, (ran.stdout or ran.stderr).strip()


@pytest.mark.parametrize(
    "commands",
    [
        {"python3_11": RUNS},
        {"python3_12": RUNS},
        {"python3": RUNS},
        {"python": RUNS},
        {"python3_12": DEAD, "python3_11": RUNS},
        {"python3_12": NO_VENV, "python3_11": RUNS},
        {"python3_12": TOO_NEW, "python3": RUNS},
    ],
    ids=lambda commands: " ".join(commands),
)
def test_the_first_that_runs_is_taken(tmp_path: Path, commands: dict[str, str]) -> None:
    assert found(machine(tmp_path, **commands)) == (0, REAL)


@pytest.mark.parametrize("commands", [{}, {"python3_12": DEAD}, {"python3_12": NO_VENV}, {"python3": TOO_NEW}])
def test_none_that_runs_is_said_so(tmp_path: Path, commands: dict[str, str]) -> None:
    code, said = found(machine(tmp_path, **commands))
    assert code == 1
    assert "needs Python 3.11 or 3.12 with venv" in said


def test_a_shim_is_told_the_versions_that_pyenv_has(tmp_path: Path) -> None:
    environment = machine(tmp_path, python3_12=ONLY_IF_TOLD)
    assert found(environment)[0] == 1
    for version in ("3.10.1", "3.12.9"):
        (tmp_path / ".pyenv" / "versions" / version).mkdir(parents=True)
    assert found(environment) == (0, REAL)
    elsewhere = {**environment, "HOME": "/nowhere", "PYENV_ROOT": str(tmp_path / ".pyenv")}
    assert found(elsewhere) == (0, REAL)


def test_a_choice_may_stand_in_a_folder_with_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "my tools"
    folder.mkdir()
    environment = machine(folder, python=RUNS)
    chosen = {"PATH": "/nowhere", "HOME": "/", "HOLDFAST_PYTHON": f"{environment['PATH']}/python"}
    assert found(chosen) == (0, REAL)


def test_a_choice_that_does_not_run_is_never_replaced_by_another(tmp_path: Path) -> None:
    code, said = found({**machine(tmp_path, python3_12=RUNS), "HOLDFAST_PYTHON": "/nowhere/python"})
    assert code == 1
    assert "/nowhere/python is none that runs" in said


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="these tests do not run in a virtual environment")
def test_the_python_of_a_virtual_environment_is_never_taken(tmp_path: Path) -> None:
    here = machine(tmp_path, python3_12=f'exec "{sys.executable}" "$@"')
    code, answer = found({**here, "VIRTUAL_ENV": sys.prefix})
    assert code == 0
    assert not Path(os.path.abspath(answer)).is_relative_to(Path(sys.prefix).resolve())  # noqa: PTH100 - links matter
