"""AWS::S3: buckets with every setting, and their policies."""

import json
from typing import Any

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Properties, Resource, Site, document
from holdfast_console.replay.wiring import BucketFact, Edge, EdgeKind

NOTIFIED = {"QueueConfigurations": ("Queue", "QueueArn"), "TopicConfigurations": ("Topic", "TopicArn")}


def bucket(resource: Resource, site: Site) -> Installed:
    """Create a bucket and apply every setting."""
    properties, s3 = resource.properties, site.client("s3")
    name = properties.take("BucketName") or resource.named(most=63, lower=True)
    lock = _lock(properties)
    create_bucket(s3, name, site.region, is_locked=lock is not None)
    arn = f"arn:aws:s3:::{name}"
    site.add(BucketFact(arn, key=_encrypt(s3, name, properties)))
    for setting, (operation, argument) in SETTINGS.items():
        if (value := properties.take(setting)) is not None:
            getattr(s3, operation)(Bucket=name, **{argument: value})
    if lock:
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    _log(s3, name, properties, site)
    _expire(s3, name, properties)
    _notify(s3, name, properties, site)
    domains = {"DomainName": f"{name}.s3.amazonaws.com", "RegionalDomainName": f"{name}.s3.{site.region}.amazonaws.com"}
    return Installed(name, {"Arn": arn, **domains})


SETTINGS = {
    "VersioningConfiguration": ("put_bucket_versioning", "VersioningConfiguration"),
    "PublicAccessBlockConfiguration": ("put_public_access_block", "PublicAccessBlockConfiguration"),
    "OwnershipControls": ("put_bucket_ownership_controls", "OwnershipControls"),
}
"""Settings whose form is the same in a template as in the API, and the call that makes them."""


def create_bucket(s3: Any, name: str, region: str, *, is_locked: bool = False) -> None:
    """Create a bucket where it belongs; us-east-1 is what is meant when no place is named."""
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    locked = {"ObjectLockEnabledForBucket": True} if is_locked else {}
    s3.create_bucket(Bucket=name, **place, **locked)


def _lock(properties: Properties) -> dict[str, Any] | None:
    """Read the object lock a bucket is made with; `None` if it has none, empty if no retention goes with it."""
    enabled = properties.take("ObjectLockEnabled", default=False) in (True, "true")
    given = properties.part("ObjectLockConfiguration")
    state, rule = given.take("ObjectLockEnabled"), given.take("Rule")
    given.finish()
    if not enabled:
        return None
    return {"ObjectLockEnabled": state, "Rule": rule} if rule else {}


def _encrypt(s3: Any, name: str, properties: Properties) -> str | None:
    rules = properties.part("BucketEncryption").take("ServerSideEncryptionConfiguration", [])
    if not rules:
        return None
    default = rules[0]["ServerSideEncryptionByDefault"]
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bool(rules[0].get("BucketKeyEnabled"))}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    key: str | None = default.get("KMSMasterKeyID")
    return key or ("alias/aws/s3" if default["SSEAlgorithm"] != "AES256" else None)


def _log(s3: Any, name: str, properties: Properties, site: Site) -> None:
    logging = properties.part("LoggingConfiguration")
    target, prefix = logging.take("DestinationBucketName"), logging.take("LogFilePrefix", "")
    logging.finish()
    if target is not None:
        enabled = {"TargetBucket": target, "TargetPrefix": prefix}
        s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": enabled})
        under = f"/{prefix}" if prefix else ""
        site.edges.append(Edge(EdgeKind.ACCESS_LOG, f"arn:aws:s3:::{name}", f"arn:aws:s3:::{target}{under}"))


def _expire(s3: Any, name: str, properties: Properties) -> None:
    rules = properties.part("LifecycleConfiguration").take("Rules", [])
    if rules:
        made = {"Rules": [_lifecycle(number, rule) for number, rule in enumerate(rules)]}
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration=made)


def _lifecycle(number: int, rule: dict[str, Any]) -> dict[str, Any]:
    given = Properties(f"lifecycle rule {number}", rule)
    made: dict[str, Any] = {
        "ID": given.take("Id", f"rule-{number}"),
        "Status": given.need("Status"),
        "Filter": {"Prefix": given.take("Prefix", "")},
        **given.passed("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"),
    }
    if (days := given.take("ExpirationInDays")) is not None:
        made["Expiration"] = {"Days": days}
    if transitions := given.take("Transitions"):
        made["Transitions"] = [
            {"StorageClass": each["StorageClass"], "Days": each["TransitionInDays"]} for each in transitions
        ]
    given.finish()
    return made


def _notify(s3: Any, name: str, properties: Properties, site: Site) -> None:
    given = properties.part("NotificationConfiguration")
    made: dict[str, Any] = {}
    if given.part("EventBridgeConfiguration").take("EventBridgeEnabled", default=False) in (True, "true"):
        made["EventBridgeConfiguration"] = {}
    for kind, (theirs, ours) in NOTIFIED.items():
        for each in given.take(kind, []):
            made.setdefault(kind, []).append({ours: each[theirs], "Events": [each["Event"]], **_filter(each)})
            site.edges.append(Edge(EdgeKind.NOTIFICATION, f"arn:aws:s3:::{name}", each[theirs]))
    given.finish()
    if made:
        s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=made)


def _filter(configuration: dict[str, Any]) -> dict[str, Any]:
    rules = configuration.get("Filter", {}).get("S3Key", {}).get("Rules", [])
    return {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}


def bucket_policy(resource: Resource, site: Site) -> Installed:
    """Put a bucket's policy."""
    name, named = (
        resource.properties.need("Bucket"),
        document(resource.logical_id, resource.properties.need("PolicyDocument")),
    )
    site.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(named.document))
    site.amend(f"arn:aws:s3:::{name}", of=resource.logical_id, policies=[named])
    return Installed(resource.named())


SERVICE = Service("s3", {"AWS::S3::Bucket": bucket, "AWS::S3::BucketPolicy": bucket_policy})
