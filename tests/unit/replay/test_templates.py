from pathlib import Path
from typing import Any

import pytest

from holdfast_console.replay import templates

MANIFEST = "buckets:\n  - {name: ml-data, region: eu-west-1}\n"


class Made:
    """What the app's own synthesis gives."""

    def __init__(self, outdir: Path) -> None:
        (outdir / "asset.abc").mkdir()
        self.templates = {"Stack": {"Resources": {}}}
        self.assets = {"abc": outdir / "asset.abc"}
        self.region, self.account = "eu-west-1", None


@pytest.fixture
def synthesised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count syntheses instead of making them."""
    calls: list[str] = []

    def synthesise(manifest: Path, stage: str, *, source: bool, outdir: str) -> Any:
        calls.append(stage)
        return Made(Path(outdir))

    monkeypatch.setattr(templates, "_app", lambda: synthesise)
    return calls


def write(tmp_path: Path, text: str = MANIFEST) -> Path:
    path = tmp_path / "governance.yaml"
    path.write_text(text)
    return path


def test_a_template_is_made_once_for_the_same_sources(tmp_path: Path, synthesised: list[str]) -> None:
    first = templates.synthesis(write(tmp_path), cache=tmp_path / "cache")
    second = templates.synthesis(write(tmp_path, f"# a comment\n{MANIFEST}"), cache=tmp_path / "cache")
    assert synthesised == ["dev"]
    assert first == second
    assert first.assets["abc"].is_dir()
    assert first.templates == {"Stack": {"Resources": {}}}


def test_another_manifest_or_stage_is_another_template(tmp_path: Path, synthesised: list[str]) -> None:
    templates.synthesis(write(tmp_path), cache=tmp_path / "cache")
    templates.synthesis(write(tmp_path), "prod", cache=tmp_path / "cache")
    templates.synthesis(write(tmp_path, MANIFEST.replace("ml-data", "ml-other")), cache=tmp_path / "cache")
    assert synthesised == ["dev", "prod", "dev"]


def test_the_cache_keeps_what_was_made_last(tmp_path: Path, synthesised: list[str]) -> None:
    for number in range(templates.MOST_KEPT + 3):
        templates.synthesis(write(tmp_path, MANIFEST.replace("ml-data", f"ml-{number}")), cache=tmp_path / "cache")
    assert len([path for path in (tmp_path / "cache").iterdir() if path.is_dir()]) == templates.MOST_KEPT
