"""What `cdk` runs: governance.yaml and a stage of infra/stages.yaml become two stacks."""

import os
import sys
from pathlib import Path

from holdfast.manifest import Manifest
from holdfast.shared.errors import ConfigurationError
from infra.acknowledge import check
from infra.app import build, empty_app
from infra.settings import Stage

ROOT = Path(__file__).parent


def main() -> None:
    """Synthesise the stage that the context names, of the manifest that it names."""
    app = empty_app(os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")))
    said = {name: str(app.node.try_get_context(name) or "") for name in ("manifest", "stage", "holdfast:source")}
    manifest = Manifest.load(ROOT / (said["manifest"] or "governance.yaml"))
    check(app)
    build(app, manifest, Stage.load(said["stage"] or "dev"), source=said["holdfast:source"].lower() == "true")
    app.synth()


if __name__ == "__main__":
    try:
        main()
    except ConfigurationError as error:
        sys.exit(f"holdfast: {error}")
