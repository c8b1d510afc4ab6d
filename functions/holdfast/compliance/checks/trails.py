"""Which calls on objects CloudTrail's trails record."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from holdfast.compliance.facts import Fact

Doing = Literal["read", "write"]
Named = Mapping[str, Any]
OBJECTS = "AWS::S3::Object"
CLASSIC = {"read": ("All", "ReadOnly"), "write": ("All", "WriteOnly")}
READ_ONLY = {"read": "true", "write": "false"}
EVENTS = ("CreateTrail", "UpdateTrail", "DeleteTrail", "PutEventSelectors", "StartLogging", "StopLogging")


def unrecorded(trails: Fact, doing: Doing, partition: str) -> str | None:
    """Say why no multi-Region trail records all objects of all buckets, now and to come, or `None` if one does."""
    said = [_amiss(trail, doing, partition) for trail in trails.get("Trails", [])]
    return None if None in said else "; ".join(str(one) for one in said) or "there is no trail"


def is_selected_by_any(trails: Fact, doing: Doing, partition: str) -> bool:
    """Tell whether any trail at all selects events of objects, on or off, of one Region or of all."""
    anywhere = {*_all_buckets(partition), f"arn:{partition}:s3:::*/*"}
    return any(
        any(_is_classic(selector, doing, anywhere) for selector in _selectors(trail, "EventSelectors"))
        or any(OBJECTS in _equals(selector).get("resources.type", []) for selector in _advanced(trail))
        for trail in trails.get("Trails", [])
    )


def _amiss(trail: Named, doing: Doing, partition: str) -> str | None:
    name = trail.get("Name", "a trail without a name")
    if trail.get("IsMultiRegionTrail") is not True:
        return f"{name} is of one Region"
    if trail.get("Status", {}).get("IsLogging") is not True:
        return f"{name} is not logging"
    wanted = _all_buckets(partition)
    recorded = any(_is_classic(selector, doing, wanted) for selector in _selectors(trail, "EventSelectors"))
    if recorded or any(_is_whole(selector, doing) for selector in _advanced(trail)):
        return None
    return f"{name} does not record every {doing} of objects in all buckets"


def _all_buckets(partition: str) -> frozenset[str]:
    return frozenset({f"arn:{partition}:s3", f"arn:{partition}:s3:::"})


def _selectors(trail: Named, kind: str) -> Any:
    return trail.get("Selectors", {}).get(kind, [])


def _advanced(trail: Named) -> Any:
    return _selectors(trail, "AdvancedEventSelectors")


def _is_classic(selector: Named, doing: Doing, wanted: frozenset[str] | set[str]) -> bool:
    if selector.get("ReadWriteType", "All") not in CLASSIC[doing]:
        return False
    return any(
        resource.get("Type") == OBJECTS and not wanted.isdisjoint(resource.get("Values", []))
        for resource in selector.get("DataResources", [])
    )


def _is_whole(selector: Named, doing: Doing) -> bool:
    """Tell whether an advanced selector takes all events of objects: each further field would leave some out."""
    fields = _equals(selector)
    limits = set(_fields(selector)) - {"eventCategory", "resources.type", "readOnly"}
    return (
        "Data" in fields.get("eventCategory", [])
        and OBJECTS in fields.get("resources.type", [])
        and READ_ONLY[doing] in fields.get("readOnly", [READ_ONLY[doing]])
        and not limits
    )


def _fields(selector: Named) -> Iterator[str]:
    for field in selector.get("FieldSelectors", []):
        yield field.get("Field", "")


def _equals(selector: Named) -> dict[str, Any]:
    return {field.get("Field", ""): field.get("Equals", []) for field in selector.get("FieldSelectors", [])}
