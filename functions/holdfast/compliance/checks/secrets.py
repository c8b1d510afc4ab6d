"""Secrets that someone wrote into a script."""

import re
from collections.abc import Iterator

SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY"),
    "AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "AWS secret key": re.compile(r"(?i)aws\S{0,20}?(?:secret|key)\S{0,20}?[\"'\s:=]+[A-Za-z0-9/+]{40}\b"),
    "access token": re.compile(
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}|xox[abeprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36}|"
        r"pypi-[\w-]{32,}|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{32,}|sk_live_[A-Za-z0-9]{16,}|AIza[\w-]{35}|"
        r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"
    ),
    "password in an address": re.compile(r"://[^/\s:@$<{]+:[^/\s:@$<{]+@"),
    "secret in a setting": re.compile(
        r"(?i)(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|"
        r"secret[_-]?key|credentials?)[\"']?(?:\s*(?::=|=>|==?|:)\s*|\s+(?=[\"']))[\"']?(?P<value>[^\s\"';|&]{4,})"
    ),
}
GIVEN = re.compile(
    r"(?i)[$({<`\[/%.]|(?:s3|https?|arn|file|ssm):|none|null|true|false|change_?me|example|x{4}|your|.*(?:\$[({a-z_]|[(\[])|"
    r"(?:password|secret|token|api_?key)$"
)
"""What stands after a secret's name and is none: where it comes from, a variable, a placeholder."""
ARN = re.compile(r"\barn:aws[a-z-]*:[^\s\"']+")
"""Names a secret, `...:secret:name`, and holds none."""


def found(script: str) -> Iterator[tuple[int, str]]:
    """Name each line that holds a secret and its kind, never the secret itself."""
    for number, line in enumerate(ARN.sub("arn:", script).splitlines(), 1):
        kind = next((kind for kind, shape in SHAPES.items() if _is_secret(shape.search(line))), None)
        if kind is not None:
            yield number, kind


def _is_secret(match: re.Match[str] | None) -> bool:
    return match is not None and not GIVEN.match(match.groupdict().get("value") or "")
