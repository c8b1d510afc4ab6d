"""Lifecycle rules of a template in the shape in which S3 gives them."""

from typing import Any

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.s3_parts import each, known, mapping, number, renamed, same, truth

TRANSITION = renamed(
    {"TransitionInDays": ("Days", number), "TransitionDate": ("Date", same), "StorageClass": ("StorageClass", same)}
)
OLD_TRANSITION = renamed(
    {
        "TransitionInDays": ("NoncurrentDays", number),
        "StorageClass": ("StorageClass", same),
        "NewerNoncurrentVersions": ("NewerNoncurrentVersions", number),
    }
)
OLD_EXPIRATION = renamed(
    {
        "NoncurrentDays": ("NoncurrentDays", number),
        "NewerNoncurrentVersions": ("NewerNoncurrentVersions", number),
    }
)
ABORT = renamed({"DaysAfterInitiation": ("DaysAfterInitiation", number)})
PLAIN = renamed(
    {
        "Id": ("ID", same),
        "Status": ("Status", same),
        "Transitions": ("Transitions", each(TRANSITION)),
        "Transition": ("Transitions", each(TRANSITION)),
        "NoncurrentVersionTransitions": ("NoncurrentVersionTransitions", each(OLD_TRANSITION)),
        "NoncurrentVersionTransition": ("NoncurrentVersionTransitions", each(OLD_TRANSITION)),
        "NoncurrentVersionExpiration": ("NoncurrentVersionExpiration", OLD_EXPIRATION),
        "AbortIncompleteMultipartUpload": ("AbortIncompleteMultipartUpload", ABORT),
    }
)
EXPIRATION = renamed(
    {
        "ExpirationInDays": ("Days", number),
        "ExpirationDate": ("Date", same),
        "ExpiredObjectDeleteMarker": ("ExpiredObjectDeleteMarker", truth),
    }
)
FILTER = renamed(
    {
        "Prefix": ("Prefix", same),
        "TagFilters": ("Tags", same),
        "ObjectSizeGreaterThan": ("ObjectSizeGreaterThan", number),
        "ObjectSizeLessThan": ("ObjectSizeLessThan", number),
    }
)


@known
def rule(written: Any) -> Any:
    """Read one rule; what limits it stands together below `Filter`."""
    made, expires, limits = PLAIN(written), EXPIRATION(written), FILTER(written)
    if (days := mapping(written).get("NoncurrentVersionExpirationInDays")) is not None:
        made = {"NoncurrentVersionExpiration": {"NoncurrentDays": number(days)}} | made
    limited = {"And": limits} if limits.keys() - {"Prefix"} else {"Prefix": limits.get("Prefix", "")}
    return made | ({"Expiration": expires} if expires else {}) | {"Filter": limited}


def lifecycle(configuration: Any) -> Any:
    """Read a lifecycle configuration; one that is not written has no rules."""
    if configuration is None or isinstance(configuration, Unresolved):
        return {} if configuration is None else configuration
    return {"Rules": each(rule)(mapping(configuration).get("Rules", []))}
