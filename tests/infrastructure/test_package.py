"""What is packaged is locked, small enough, and all that each handler needs."""

import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from holdfast.shared.errors import ConfigurationError
from infra import package, packaging
from infra.package import SETS, refuse_stale, stamp, stamp_file
from infra.packaging import MOST_BYTES, main, size_of, trim
from infra.settings import Stage
from infra.synthesis import synthesised
from tests.conftest import ROOT
from tests.infrastructure.conftest import manifest
from tests.infrastructure.house import House

UNREACHABLE = re.compile(
    "connection broken by|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError"
    "|Network is unreachable|name resolution|Name or service"
)
PARQUET = """
import io, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
letters = pa.array(["a", "b", "a"]).dictionary_encode()
pq.write_table(pa.table({"x": [1, 2, 3], "letters": letters}), sink := io.BytesIO(), compression="zstd")
print(pc.sum(pq.read_table(io.BytesIO(sink.getvalue()), use_threads=False)["x"]))
"""
UNCHECKED_HASH = 0b01  # PEP 552
Packaged = Callable[[str], Path]


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """Package both sets for a platform, or skip where pip reaches no registry."""
    made: dict[str, Path | str] = {}

    def make(wanted: str) -> Path:
        if wanted not in made:
            out = tmp_path_factory.mktemp(wanted)
            command = [str(ROOT / "tools" / "package"), "--platform", wanted, "--out", str(out)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode and UNREACHABLE.search(ran.stdout + ran.stderr):
                made[wanted] = "pip reaches no registry, so nothing can be packaged"
            else:
                assert ran.returncode == 0, ran.stderr[-3000:]
                made[wanted] = out
        found = made[wanted]
        return found if isinstance(found, Path) else pytest.skip(found)

    return make


@pytest.fixture(scope="module")
def deployed_python() -> str:
    """Find the Python that is deployed, or skip."""
    if sys.version_info[:2] == (3, 12):
        return sys.executable
    found = subprocess.run(
        [str(ROOT / "tools" / "find-python")], capture_output=True, text=True, check=False
    ).stdout.strip()
    said = subprocess.run([found or "false", "--version"], capture_output=True, text=True, check=False).stdout
    return found if " 3.12" in said else pytest.skip("no Python 3.12 here, which is what the packages are made for")


def here() -> str:
    """Name this machine's platform as wheels do."""
    return {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}[platform.machine()]


def alone(python: str, folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with a package and the standard library alone; like a function, it ends without tearing threads down."""
    lines = f"import os, sys; sys.path.insert(0, {str(folder)!r})\n{code}\nsys.stdout.flush(); os._exit(0)"
    return subprocess.run([python, "-I", "-S", "-c", lines], capture_output=True, text=True, check=False, env={})


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_a_set_fits_in_a_function_on_the_platform_that_is_deployed(packaged: Packaged, name: str) -> None:
    folder = packaged("aarch64") / name
    taken = size_of(folder)
    print(f"{name}: {taken:,} bytes unzipped on arm64")
    assert taken < MOST_BYTES == 250 * 1024 * 1024
    libraries = [path.name for path in folder.rglob("*.so*")]
    assert any("aarch64" in library for library in libraries)
    assert not any("x86_64" in library for library in libraries)


@pytest.mark.slow
def test_each_handler_imports_from_its_folder_alone(
    packaged: Packaged, deployed_python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("packages are made for Linux and cannot be imported here")
    monkeypatch.setattr(package, "BUILD", packaged(here()))
    house = House(synthesised(manifest(), Stage(name="test"), source=False, outdir=tmp_path))
    for name, function in house.functions.items():
        folder = house.synthesis.assets[function["Properties"]["Code"]["S3Key"].removesuffix(".zip")]
        module = function["Properties"]["Handler"].rpartition(".")[0]
        ran = alone(deployed_python, folder, f"import {module}; print({module}.lambda_handler.__name__)")
        assert (ran.returncode, ran.stdout.strip()) == (0, "lambda_handler"), f"{name}: {ran.stderr[-1500:]}"


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_every_module_ships_with_bytecode_that_counts_unchecked(
    packaged: Packaged, deployed_python: str, name: str
) -> None:
    folder = packaged(here()) / name
    said = alone(deployed_python, folder, "import importlib.util; print(importlib.util.MAGIC_NUMBER.hex())").stdout
    sources = [
        path for path in folder.rglob("*.py") if path.stat().st_size and path.is_relative_to(folder / "holdfast")
    ]
    assert sources
    for source in sources:
        head = (source.parent / "__pycache__" / f"{source.stem}.cpython-312.pyc").read_bytes()[:8]
        assert (head[:4].hex(), int.from_bytes(head[4:], "little")) == (said.strip(), UNCHECKED_HASH)


@pytest.mark.slow
def test_a_package_can_read_and_write_parquet(packaged: Packaged, deployed_python: str) -> None:
    if sys.platform != "linux":
        pytest.skip("packages are made for Linux and cannot be run here")
    folder = packaged(here()) / "data"
    ran = alone(deployed_python, folder, PARQUET)
    assert (ran.returncode, ran.stdout.strip()) == (0, "6"), ran.stderr[-1500:]


def test_a_package_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "light").mkdir()
    stamp_file("light", tmp_path).write_text(json.dumps(stamp("light")))
    made: list[tuple[str, str]] = []

    def make(name: str, *, platform: str, out: Path) -> None:
        (out / name).mkdir()
        made.append((name, platform))

    monkeypatch.setattr(packaging, "package", make)
    assert main(["--out", str(tmp_path)]) == 0
    assert made == [("data", "aarch64")]
    assert "light: 0 bytes unzipped, at most 262,144,000" in capsys.readouterr().out


def test_trimming_keeps_what_is_imported_and_drops_the_rest(tmp_path: Path) -> None:
    kept = (
        "pyarrow/lib.so",
        "pyarrow/libarrow_substrait.so.2600",
        "pyarrow/parquet/core.py",
        "numpy/_core/x.py",
        "pydantic/v1/y.py",
    )
    dropped = (
        "pyarrow/tests/a.py",
        "pyarrow/include/arrow/b.h",
        "pyarrow/src/c.cc",
        "pyarrow/libarrow_flight.so.2600",
        "pyarrow/_flight.so",
        "pyarrow/_substrait.so",
        "pyarrow/lib.pxd",
        "numpy/tests/d.py",
        "numpy/__init__.pyi",
        "bin/jp.py",
        "six-1.dist-info/RECORD",
    )
    for name in (*kept, *dropped):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    trim(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A tiny project with a fresh package of its own."""
    (tmp_path / "requirements").mkdir()
    for lock in SETS.values():
        shutil.copy(ROOT / lock, tmp_path / lock)
    (tmp_path / "functions" / "holdfast").mkdir(parents=True)
    (tmp_path / "functions" / "holdfast" / "manifest.py").write_text("MODELS = 1\n")
    (tmp_path / "build" / "light").mkdir(parents=True)
    stamp_file("light", tmp_path / "build").write_text(json.dumps(stamp("light", tmp_path)))
    return tmp_path


def test_a_fresh_package_is_taken(copy: Path) -> None:
    refuse_stale("light", root=copy, build=copy / "build")


def test_a_package_under_another_lock_is_refused(copy: Path) -> None:
    (copy / SETS["light"]).write_text("other==1\n")
    with pytest.raises(ConfigurationError, match="light was packaged of another lock: run `make package`"):
        refuse_stale("light", root=copy, build=copy / "build")


def test_a_package_of_other_source_is_refused(copy: Path) -> None:
    (copy / "functions" / "holdfast" / "manifest.py").write_text("MODELS = 2\n")
    with pytest.raises(ConfigurationError, match="light was packaged of another source"):
        refuse_stale("light", root=copy, build=copy / "build")


def test_what_was_never_packaged_or_only_half_is_refused(copy: Path) -> None:
    with pytest.raises(ConfigurationError, match="data is not packaged: run `make package`, or take the source"):
        refuse_stale("data", root=copy, build=copy / "build")
    stamp_file("light", copy / "build").unlink()
    with pytest.raises(ConfigurationError, match="light is not packaged"):
        refuse_stale("light", root=copy, build=copy / "build")


def test_an_unknown_set_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["heavy"])
    assert "no such set: heavy, expected one of light, data" in capsys.readouterr().err


@pytest.mark.parametrize("lock", SETS.values())
def test_a_lock_is_hashed_throughout_and_ships_what_we_develop_with(lock: str) -> None:
    pins = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
    text = (ROOT / lock).read_text()
    developed = (ROOT / "requirements" / "core.txt").read_text()
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert set(pins.findall(text)) <= set(pins.findall(developed))
    assert "://" not in text
