"""Make the folders that become zip functions: locked wheels for Lambda, trimmed, with the source beside them.

tools/package [--platform aarch64|x86_64] [--out FOLDER] [SET...]        sets: light, data; default both, into build
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from shutil import which

from holdfast.shared.errors import ConfigurationError
from infra.package import BUILD, ROOT, SETS, refuse_stale, stamp, stamp_file

PYTHON = "3.12"
TASK_ROOT = "/var/task"
GLIBC = ("2_28", "2_17")
MOST_BYTES = 262_144_000
TRIMMED_FOLDERS = ("tests", "__pycache__", "include", "src")
TRIMMED_FILES = (
    "*.pxd", "*.pyx", "*.pxi", "*.pyi", "*.pyc", "*.a", "*.cmake",
    "libarrow_flight*", "libarrow_python_flight*", "_flight.*", "flight.py", "_substrait.*", "substrait.py",
    "libarrow_python_parquet_encryption*", "_parquet_encryption.*",
    "RECORD", "INSTALLER", "REQUESTED", "direct_url.json",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Package what is asked for, and say how large it is."""
    parser = argparse.ArgumentParser(prog="tools/package", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--platform", choices=("aarch64", "x86_64"), default="aarch64")
    parser.add_argument("--out", type=Path, default=BUILD)
    parser.add_argument("sets", nargs="*", metavar="SET", default=[])
    asked = parser.parse_args(arguments)
    for name in asked.sets or list(SETS):
        if name not in SETS:
            parser.error(f"no such set: {name}, expected one of {', '.join(SETS)}")
        if not _is_fresh(name, asked.out):
            package(name, platform=asked.platform, out=asked.out)
        print(f"{asked.out / name}: {size_of(asked.out / name):,} bytes unzipped, at most {MOST_BYTES:,}")
    return 0


def package(name: str, *, platform: str, out: Path) -> None:
    """Make one folder anew; its stamp is written last, so that half a package is never taken for one."""
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    stamp_file(name, out).unlink(missing_ok=True)
    folder.mkdir(parents=True)
    install(ROOT / SETS[name], folder, platform=platform)
    trim(folder)
    source = ROOT / "functions" / "holdfast"
    shutil.copytree(source, folder / "holdfast", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    compile_all(folder)
    if (size := size_of(folder)) > MOST_BYTES:
        raise ConfigurationError(f"{folder} takes {size} bytes unzipped, Lambda takes at most {MOST_BYTES}")
    stamp_file(name, out).write_text(json.dumps(stamp(name), indent=1))


def install(lock: Path, folder: Path, *, platform: str) -> None:
    """Install exactly the locked wheels for Lambda's system, whatever this one is."""
    tags = [f"--platform=manylinux_{glibc}_{platform}" for glibc in GLIBC]
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
        "--no-deps",
    ]
    wheels = ["--require-hashes", "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *tags]
    subprocess.run([*pip, *wheels, f"--target={folder}", f"--requirement={lock}"], check=True)  # noqa: S603 - our own words


def trim(folder: Path) -> None:
    """Drop what no function uses: tests, headers, stubs, Flight, Substrait, encryption, and pip's own notes."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and path.name in TRIMMED_FOLDERS and path.parts[len(folder.parts)] in ("pyarrow", "numpy"):
            shutil.rmtree(path)
        elif path.is_file() and any(fnmatch(path.name, pattern) for pattern in TRIMMED_FILES):
            path.unlink()


def compile_all(folder: Path) -> None:
    """Put the deployed Python's bytecode beside the source: Lambda keeps none, and would compile at each cold start.

    It counts unchecked, for a zip file keeps no times, and is the same whenever it is made of the same source.
    """
    python = sys.executable if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))) else which(f"python{PYTHON}")
    if python is None:
        print(f"no Python {PYTHON} here: the functions ship without bytecode, and start several times slower")
        return
    how = ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", TASK_ROOT, "-q", "-q"]
    command = [python, "-m", "compileall", *how, str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S603 - our own words


def size_of(folder: Path) -> int:
    """Count what a folder takes unzipped."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _is_fresh(name: str, out: Path) -> bool:
    try:
        refuse_stale(name, build=out)
    except ConfigurationError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
