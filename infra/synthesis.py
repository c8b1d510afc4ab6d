"""Synthesise in this process, without the CDK's command, and say where every asset stands."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from holdfast.manifest import Manifest
from infra.app import build, empty_app, region_of
from infra.settings import Stage

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What would be deployed: templates by stack name, in order, and the folder of every asset by its hash."""

    templates: dict[str, Template]
    assets: dict[str, Path]
    region: str | None
    account: str | None


def synthesise(manifest_path: Path | str, stage: str = "dev", *, source: bool = True, outdir: Path | str) -> Synthesis:
    """Synthesise a stage of a manifest into a folder."""
    return synthesised(Manifest.load(manifest_path), Stage.load(stage), source=source, outdir=outdir)


def synthesised(manifest: Manifest, stage: Stage, *, source: bool = True, outdir: Path | str) -> Synthesis:
    """Synthesise what is loaded already."""
    app = empty_app(str(outdir))
    stacks = build(app, manifest, stage, source=source)
    assembly = app.synth()
    templates = {stack.stack_name: json.loads(Path(outdir, stack.template_file).read_text()) for stack in stacks}
    assets: dict[str, Path] = {}
    for stack in stacks:
        assets |= _assets(Path(assembly.directory), f"{stack.artifact_id}.assets.json")
    return Synthesis(templates, assets, region_of(manifest, stage), stage.account)


def _assets(directory: Path, listing: str) -> dict[str, Path]:
    listed = json.loads((directory / listing).read_text())
    files = {
        name: directory / asset["source"]["path"]
        for name, asset in listed["files"].items()
        if asset["source"]["packaging"] == "zip"
    }
    images = {name: directory / asset["source"]["directory"] for name, asset in listed.get("dockerImages", {}).items()}
    return files | images
