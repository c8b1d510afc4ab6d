"""Whether what was packaged is this source under these locks: no CDK here, since `tools/package` uses it too."""

import hashlib
import json
from pathlib import Path

from holdfast.shared.errors import ConfigurationError

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
SETS = {"light": "requirements/runtime.txt", "data": "requirements/data.txt"}


def stamp(name: str, root: Path = ROOT) -> dict[str, str]:
    """Say of what a set is to be made: the hash of its lock, and of all the source that ships."""
    lock = root / SETS[name]
    files = (path for path in (root / "functions" / "holdfast").rglob("*") if path.is_file() and _ships(path))
    return {
        "lock": _digest({SETS[name]: lock}),
        "source": _digest({str(path.relative_to(root)): path for path in files}),
    }


def stamp_file(name: str, build: Path = BUILD) -> Path:
    """Say where a package's stamp is kept: beside the folder, not in it."""
    return build / f"{name}.json"


def refuse_stale(name: str, *, root: Path = ROOT, build: Path = BUILD) -> None:
    """Raise `ConfigurationError` unless a package was made of this source and this lock."""
    file = stamp_file(name, build)
    if not file.is_file() or not (build / name).is_dir():
        ways = "run `make package`, or take the source with -c holdfast:source=true"
        raise ConfigurationError(f"{build / name} is not packaged: {ways}")
    made, wanted = json.loads(file.read_text()), stamp(name, root)
    if stale := [part for part, value in wanted.items() if made.get(part) != value]:
        raise ConfigurationError(f"{build / name} was packaged of another {' and '.join(stale)}: run `make package`")


def _ships(path: Path) -> bool:
    return "__pycache__" not in path.parts and path.suffix != ".pyc"


def _digest(files: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()
