"""The synthesised app, kept by the hash of everything it is made of, so that a replay starts without node."""

import hashlib
import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "synthesis"
SOURCES = ("infra", "functions")
MADE_OF = frozenset({".py", ".yaml", ".json", ".txt", ".Dockerfile"})
MOST_KEPT = 12


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What would be deployed: templates by stack in the order of deployment, and every asset's folder by its hash."""

    templates: dict[str, dict[str, Any]]
    assets: dict[str, Path]
    region: str | None
    account: str | None


def synthesis(manifest: Path, stage: str = "dev", *, cache: Path = CACHE) -> Synthesis:
    """Synthesise a manifest, or take what was synthesised of the same sources before."""
    place = cache / _digest(manifest, stage)
    if not (place / "synthesis.json").is_file():
        _synthesise(manifest, stage, place)
        _prune(cache)
    kept = json.loads((place / "synthesis.json").read_text())
    assets = {name: place / relative for name, relative in kept["assets"].items()}
    return Synthesis(kept["templates"], assets, kept["region"], kept["account"])


def _synthesise(manifest: Path, stage: str, place: Path) -> None:
    synthesise = _app()
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        made = synthesise(manifest, stage, source=True, outdir=folder)
        assets = {name: str(path.resolve().relative_to(Path(folder).resolve())) for name, path in made.assets.items()}
        kept = {"templates": made.templates, "assets": assets, "region": made.region, "account": made.account}
        Path(folder, "synthesis.json").write_text(json.dumps(kept))
        if not place.exists():
            shutil.copytree(folder, f"{folder}.whole", symlinks=True)
            _settle(Path(f"{folder}.whole"), place)


def _app() -> Any:
    """Import the app, which stands beside the console and takes a second: a kept template needs none of it."""
    if not (ROOT / "infra").is_dir():
        raise ConfigurationError(f"{ROOT} holds no app to synthesise: run the replay from a checkout of the project")
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    return importlib.import_module("infra.synthesis").synthesise


def _settle(made: Path, place: Path) -> None:
    """Move a finished folder into its place, unless another process was faster."""
    try:
        made.rename(place)
    except OSError:
        shutil.rmtree(made)


def _digest(manifest: Path, stage: str) -> str:
    digest = hashlib.sha256(f"{stage}\0{version('aws-cdk-lib')}\0".encode())
    digest.update(Manifest.load(manifest).canonical())
    for path in _files():
        digest.update(f"{path.relative_to(ROOT)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    yield ROOT / "cdk.json"
    yield from sorted((ROOT / "requirements").glob("*.txt"))
    for folder in SOURCES:
        found = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        yield from sorted(path for path in found if path.suffix in MADE_OF)


def _prune(cache: Path) -> None:
    kept = sorted(
        (path for path in cache.iterdir() if (path / "synthesis.json").is_file()), key=lambda path: path.stat().st_mtime
    )
    for old in kept[:-MOST_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
