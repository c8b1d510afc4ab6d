"""Booleans and numbers that a template writes as text, as CloudFormation takes them."""

import re
from typing import Any

SWITCHES = re.compile(
    r"Block.*|IgnorePublicAcls|RestrictPublicBuckets|Is[A-Z].*|Enable[A-Z].*|.*Enabled|ExpiredObjectDeleteMarker|"
    r"AutoMLJob.*|DisableProfiler|DisableModelCache|BypassGovernanceRetention"
)
NUMBERS = re.compile(
    r".*(InDays|InYears|InSeconds|InMinutes|InHours|InGB|SizeGB|Count|Days|Years|Percentage|Concurrency|Weight)|"
    r"NewerNoncurrentVersions|ObjectSize.*Than|Priority|Minutes"
)
WHOLE = re.compile(r"-?[0-9]{1,18}")
FREE = frozenset({"Tags", "Environment", "HyperParameters", "PolicyDocument", "Policy", "Parameters", "TagFilters"})


def typed(value: Any, key: str = "") -> Any:
    """Read "true" and "5" as what they are where a property takes nothing else; tags and policies stay as written."""
    if isinstance(value, dict):
        return {name: part if name in FREE else typed(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [typed(part, key) for part in value]
    if isinstance(value, str):
        return _read(value, key)
    return value


def _read(text: str, key: str) -> Any:
    if text.lower() in ("true", "false") and SWITCHES.fullmatch(key):
        return text.lower() == "true"
    return int(text) if NUMBERS.fullmatch(key) and WHOLE.fullmatch(text) else text
