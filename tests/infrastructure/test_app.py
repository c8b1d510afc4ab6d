"""What `cdk` runs, as it runs it: alone, with no network, credentials, docker or node on PATH."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def run(outdir: Path, **context: str) -> subprocess.CompletedProcess[str]:
    """Run app.py with nothing in its environment but where to write."""
    env = {
        "HOME": os.environ.get("HOME", "/"),
        "PATH": "/nowhere",
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(context),
    }
    return subprocess.run([sys.executable, str(ROOT / "app.py")], env=env, capture_output=True, text=True, check=False)


def test_the_app_synthesises_from_source_if_told_to(tmp_path: Path) -> None:
    ran = run(tmp_path, **{"holdfast:source": "true", "stage": "prod"})
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert {path.name for path in tmp_path.glob("*.template.json")} == {
        "Holdfast-prod-Stateful.template.json",
        "Holdfast-prod-Reactive.template.json",
    }


def test_the_app_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    ran = run(tmp_path, stage="nowhere")
    assert (ran.returncode, ran.stderr.strip().count("\n")) == (1, 0)
    assert ran.stderr.startswith("holdfast: ")
    assert "no stage 'nowhere', expected one of dev, prod" in ran.stderr


def test_the_cdk_packages_before_it_synthesises() -> None:
    said = json.loads((ROOT / "cdk.json").read_text())
    assert said["build"] == "make package"
    assert "app.py" in said["app"]
    assert "holdfast:source" not in said["context"]
