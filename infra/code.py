"""What the functions run: a package for each set of libraries, or the bare source, and the manifest beside it."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import IgnoreMode
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_lambda as lambda_

from holdfast.batches import detectors
from holdfast.batches.detection import SAMPLE, Detector
from holdfast.batches.policy import EXACT
from holdfast.manifest import Manifest
from holdfast.shared.catalogue import discover
from holdfast.shared.errors import ConfigurationError
from infra import package
from infra.package import ROOT, SETS

SOURCE = ROOT / "functions"
NOT_SHIPPED = ["**/__pycache__", "**/*.pyc", "*.egg-info", "*.Dockerfile"]
EXAMINER = "holdfast.batches.examiner.lambda_handler"


@dataclass(frozen=True)
class CodeSets:
    """The code of functions that need only AWS, of those that read data, of the manifest's layer, and of the image."""

    light: lambda_.Code
    data: lambda_.Code
    manifest: lambda_.Code
    examiner: lambda_.Code | None


def code_sets(manifest: Manifest, folder: Path, *, source: bool) -> CodeSets:
    """Give what each function runs; raises `ConfigurationError` if a package is asked for and is not of this source."""
    light, data = (_source(), _source()) if source else (_package(name) for name in SETS)
    layer = folder / "manifest"
    layer.mkdir()
    (layer / "governance.json").write_bytes(manifest.canonical())
    image = _examiner(manifest, folder / "examiner") if is_examined(manifest) else None
    return CodeSets(light, data, lambda_.Code.from_asset(str(layer)), image)


def is_examined(manifest: Manifest) -> bool:
    """Tell whether a model names a detector that needs the alibi-detect function."""
    return any(detector.kind == SAMPLE for detector in _named(manifest))


def _named(manifest: Manifest) -> list[Detector]:
    others = {choice.name for model in manifest.models.values() for choice in model.drift.choices} - {EXACT}
    return [discover(detectors, Detector)[name] for name in sorted(others)]


def check_needs(manifest: Manifest, lock: Path) -> None:
    """Refuse an image that would lack what a named detector needs, rather than leave every batch of it unknown."""
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.MULTILINE))
    for detector in _named(manifest):
        if lacking := [name for name in detector.needs if name not in locked]:
            raise ConfigurationError(
                f"detector {detector.id} needs {', '.join(lacking)}, which {lock.name} does not lock: "
                "add it to requirements/alibi-runtime.in and run make lock"
            )


def _source() -> lambda_.Code:
    return lambda_.Code.from_asset(str(SOURCE), exclude=NOT_SHIPPED, ignore_mode=IgnoreMode.GLOB)


def _package(name: str) -> lambda_.Code:
    package.refuse_stale(name, build=package.BUILD)
    return lambda_.Code.from_asset(str(package.BUILD / name))


def _examiner(manifest: Manifest, folder: Path) -> lambda_.Code:
    """Lay out what the image is built of: the same bytes for the same source and manifest."""
    shutil.copytree(SOURCE / "holdfast", folder / "holdfast", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    check_needs(manifest, ROOT / "requirements" / "alibi-runtime.txt")
    shutil.copy(ROOT / "requirements" / "alibi-runtime.txt", folder)
    shutil.copy(SOURCE / "alibi.Dockerfile", folder / "Dockerfile")
    (folder / "governance.json").write_bytes(manifest.canonical())
    return lambda_.Code.from_asset_image(str(folder), platform=ecr_assets.Platform.LINUX_ARM64, cmd=[EXAMINER])
