"""A plug-in is a file, and its record bears the file's name."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ConfigurationError


@dataclass(frozen=True)
class Plugin:
    """A record."""

    id: str


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, **files: str) -> object:
    """Write a package of plug-ins."""
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for file, text in files.items():
        (folder / f"{file}.py").write_text(f"from {__name__} import Plugin\n{text}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    return import_module(name)


def test_every_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = package(tmp_path, monkeypatch, "plugins_good", b="ONE = Plugin('b')", a="ANY = Plugin('a')")
    assert list(discover(plugins, Plugin)) == ["a", "b"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"), [("none", ""), ("other", "ONE = Plugin('x')"), ("two", "A = Plugin('a')\nB = Plugin('a')")]
)
def test_a_file_that_is_no_plugin_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    plugins = package(tmp_path, monkeypatch, f"plugins_{name}", a=text)
    with pytest.raises(ConfigurationError, match=f"plugins_{name}.a holds"):
        discover(plugins, Plugin)  # type: ignore[arg-type]
