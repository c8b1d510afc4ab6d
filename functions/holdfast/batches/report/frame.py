"""What every page of ours has around it: a policy that forbids all but its own style, and that style. Pure."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from holdfast.batches.report.document import GENERATOR
from holdfast.batches.report.markup import tag, text


@cache
def style() -> str:
    """Read the style sheet once."""
    return (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


def framed(title: str, body: str, *, generator: str = GENERATOR) -> bytes:
    """Write a whole page around its body."""
    sheet = style()
    allowed = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    metas = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        f'<meta name="generator" content="{text(generator)}">'
    )
    head = f"<head>{metas}<title>{text(title[:200])}</title><style>{sheet}</style></head>"
    return f'<!doctype html>\n<html lang="en">{head}{tag("body", body)}</html>\n'.encode()
