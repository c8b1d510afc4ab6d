"""The scripts of a notebook lifecycle configuration."""

import binascii
from base64 import b64decode

from holdfast.compliance.checks.secrets import found
from holdfast.compliance.control import Ruling, Undecided
from holdfast.compliance.facts import Fact

HOOKS = ("OnCreate", "OnStart")
MOST_TOLD = 5


def written_secrets(config: Fact) -> Ruling:
    """Say where a script holds a secret; a script that cannot be read settles nothing."""
    if not config:
        return None
    if not any(hook in config for hook in HOOKS) and len(config) == 1:
        return Undecided(f"could not be read: AWS does not know its lifecycle configuration {config.get('Name')}")
    try:
        places = [
            f"{kind} in {hook}[{number}] on line {line}"
            for hook in HOOKS
            for number, script in enumerate(config.get(hook) or [])
            for line, kind in found(_text(script.get("Content") or ""))
        ]
    except binascii.Error as error:
        return Undecided(f"could not be read: a script is not base64: {error}")
    return "; ".join(places[:MOST_TOLD]) or None


def _text(content: str) -> str:
    return b64decode(content).decode("utf-8", errors="ignore")
