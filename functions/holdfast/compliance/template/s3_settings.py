"""A bucket's settings in a template in the shape in which S3 gives them."""

from typing import Any

from holdfast.compliance.partial import Unresolved
from holdfast.compliance.template.s3_parts import each, known, mapping, number, renamed, same, truth

SSE_S3 = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
SSE_RULE = renamed(
    {
        "ServerSideEncryptionByDefault": ("ApplyServerSideEncryptionByDefault", same),
        "BucketKeyEnabled": ("BucketKeyEnabled", truth),
    }
)
RETENTION = renamed({"Mode": ("Mode", same), "Days": ("Days", number), "Years": ("Years", number)})
LOCK = renamed(
    {
        "ObjectLockEnabled": ("ObjectLockEnabled", same),
        "Rule": ("Rule", renamed({"DefaultRetention": ("DefaultRetention", RETENTION)})),
    }
)
REPLICATION_RULE = renamed(
    {
        "Id": ("ID", same),
        "Priority": ("Priority", number),
        "Status": ("Status", same),
        "Prefix": ("Prefix", same),
        "Filter": ("Filter", same),
        "Destination": ("Destination", same),
    }
)


def _told(arn: str, name: str) -> Any:
    return each(renamed({arn: (name, same), "Event": ("Events", each(same))}))


TOLD = renamed(
    {
        "LambdaConfigurations": ("LambdaFunctionConfigurations", _told("Function", "LambdaFunctionArn")),
        "QueueConfigurations": ("QueueConfigurations", _told("Queue", "QueueArn")),
        "TopicConfigurations": ("TopicConfigurations", _told("Topic", "TopicArn")),
    }
)


def encryption(configuration: Any) -> Any:
    """Read the default encryption; where none is written S3 encrypts by SSE-S3."""
    if configuration is None:
        return {"ServerSideEncryptionConfiguration": SSE_S3}
    rules = known(lambda given: mapping(given).get("ServerSideEncryptionConfiguration", []))(configuration)
    return {"ServerSideEncryptionConfiguration": {"Rules": each(SSE_RULE)(rules)}}


def logging(configuration: Any, bucket: str) -> Any:
    """Read where logs go; without a target they go to the bucket itself."""
    if configuration is None or isinstance(configuration, Unresolved):
        return {} if configuration is None else configuration
    said = mapping(configuration)
    target, prefix = said.get("DestinationBucketName", bucket), said.get("LogFilePrefix", "")
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix}}


def notification(configuration: Any) -> Any:
    """Read who is told of what; EventBridge is told by a switch of its own."""
    if configuration is None or isinstance(configuration, Unresolved):
        return {} if configuration is None else configuration
    bridge = mapping(configuration).get("EventBridgeConfiguration")
    if isinstance(bridge, Unresolved):
        return bridge
    is_on = bridge is not None and truth(mapping(bridge).get("EventBridgeEnabled", True))
    if isinstance(is_on, Unresolved):
        return is_on
    return TOLD(configuration) | ({"EventBridgeConfiguration": {}} if is_on else {})


def object_lock(said: Any) -> Any:
    """Read Object Lock, which is switched on for the bucket and detailed apart."""
    is_on, detail = truth(said.get("ObjectLockEnabled", False)), said.get("ObjectLockConfiguration")
    if isinstance(is_on, Unresolved):
        return is_on
    if not is_on and detail is None:
        return {}
    base = {"ObjectLockEnabled": "Enabled"} if is_on else {}
    return {"ObjectLockConfiguration": known(lambda given: base | LOCK(given))({} if detail is None else detail)}


def replication(configuration: Any) -> Any:
    """Read what is replicated where."""
    if configuration is None:
        return {}
    read = renamed({"Role": ("Role", same), "Rules": ("Rules", each(REPLICATION_RULE))})
    return {"ReplicationConfiguration": read(configuration)}


def versioning(said: Any) -> Any:
    """Read whether versions are kept: Object Lock cannot be without them."""
    given, locked = said.get("VersioningConfiguration"), truth(said.get("ObjectLockEnabled", False))
    if given is None:
        return locked if isinstance(locked, Unresolved) else {"Status": "Enabled"} if locked else {}
    return known(lambda value: {"Status": mapping(value).get("Status")})(given)
