"""Buckets and the doors to them as a template declares them, in the shape in which S3 would answer.

What a template does not say is what S3 makes of a new bucket since April 2023: the public access block is on, ACLs are
off, and objects are encrypted by SSE-S3. The account's own block counts as not set: a template does not know it.
"""

from collections.abc import Mapping
from typing import Any

from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.kind import Declared
from holdfast.compliance.partial import Unresolved
from holdfast.compliance.reads import s3
from holdfast.compliance.reads.s3_access_points import ACCESS_POINT, MULTI_REGION_ACCESS_POINT
from holdfast.compliance.reads.s3_others import ASKED_OF_TARGET, DESTINATIONS, HOME, LOG_TARGET, destinations
from holdfast.compliance.template import s3_access, s3_settings
from holdfast.compliance.template.s3_lifecycle import lifecycle
from holdfast.compliance.template.s3_parts import unresolved_in, whole

Facts = dict[Read, Fact | Unread]


def bucket(declared: Declared) -> Mapping[Read, Fact | Unread]:
    """Give all that a template says of a bucket, and of those it logs and replicates to."""
    facts = _own(declared)
    return facts | {DESTINATIONS: _destinations(declared, facts), LOG_TARGET: _log_target(declared, facts)}


def access_point(declared: Declared) -> Mapping[Read, Fact | Unread]:
    """Give all that a template says of an access point."""
    said = declared.properties
    origin = "Internet" if said.get("VpcConfiguration") is None else "VPC"
    blocked = s3_access.block(said.get("PublicAccessBlockConfiguration"))
    return {
        ACCESS_POINT: {
            "Name": declared.name, "Bucket": said.get("Bucket"), "NetworkOrigin": origin,
            "PublicAccessBlockConfiguration": blocked,
        }
    }  # fmt: skip


def multi_region_access_point(declared: Declared) -> Mapping[Read, Fact | Unread]:
    """Give all that a template says of a Multi-Region Access Point."""
    blocked = s3_access.block(declared.properties.get("PublicAccessBlockConfiguration"))
    return {MULTI_REGION_ACCESS_POINT: {"AccessPoint": {"Name": declared.name, "PublicAccessBlock": blocked}}}


def directory_bucket(declared: Declared) -> Mapping[Read, Fact | Unread]:
    """Give all that a template says of a directory bucket."""
    return {s3.DIRECTORY_LIFECYCLE: whole(lifecycle(declared.properties.get("LifecycleConfiguration")))}


def _own(declared: Declared) -> Facts:
    said = declared.properties
    blocked = s3_access.block(said.get("PublicAccessBlockConfiguration"))
    facts: dict[Read, Any] = {
        s3.POLICY: s3_access.policy(declared),
        s3.BLOCK: {"PublicAccessBlockConfiguration": blocked},
        s3.ACCOUNT_BLOCK: {},
        s3.OWNERSHIP: s3_access.ownership(declared),
        s3.ACL: s3_access.acl(declared),
        s3.LOCATION: {"LocationConstraint": declared.region},
        s3.LIFECYCLE: lifecycle(said.get("LifecycleConfiguration")),
        s3.ENCRYPTION: s3_settings.encryption(said.get("BucketEncryption")),
        s3.LOGGING: s3_settings.logging(said.get("LoggingConfiguration"), declared.name),
        s3.NOTIFICATION: _notification(declared),
        s3.OBJECT_LOCK: s3_settings.object_lock(said),
        s3.REPLICATION: s3_settings.replication(said.get("ReplicationConfiguration")),
        s3.TAGS: {"TagSet": said.get("Tags", [])},
        s3.VERSIONING: s3_settings.versioning(said),
    }
    return {read: whole(fact) for read, fact in facts.items()}


def _notification(declared: Declared) -> Any:
    """Read who is told, by the bucket itself or by the custom resource that CDK tells S3 with, in S3's own words."""
    by_cdk = [
        said.get("NotificationConfiguration")
        for type_name, said in declared.others.values()
        if type_name == "Custom::S3BucketNotifications" and said.get("BucketName") == declared.name
    ]
    if declared.properties.get("NotificationConfiguration") is None and by_cdk:
        return by_cdk[0]
    return s3_settings.notification(declared.properties.get("NotificationConfiguration"))


def _destinations(declared: Declared, facts: Facts) -> Fact | Unread:
    replicated = facts[s3.REPLICATION]
    if isinstance(replicated, Unread):
        return replicated
    if (part := unresolved_in(replicated)) is not None:
        return Unread(part.reason)
    named = destinations(replicated)
    here = {declared.name, *(_neighbours(declared) if named else ())}
    elsewhere = Unresolved("a template does not say in which Region a bucket is that is not of it")
    found = {name: {"LocationConstraint": declared.region} if name in here else elsewhere for name in named}
    return {HOME: {"LocationConstraint": declared.region}, "Locations": found}


def _log_target(declared: Declared, facts: Facts) -> Fact | Unread:
    logged = facts[s3.LOGGING]
    if isinstance(logged, Unread):
        return logged
    target = logged.get("LoggingEnabled", {}).get("TargetBucket")
    if target is None or target == declared.name:
        return {}
    if isinstance(target, Unresolved):
        return Unread(target.reason)
    if (neighbour := _neighbours(declared).get(target)) is None:
        return Unread(f"the log target {target} is not in the template")
    found = _own(neighbour)
    told = {read.id: _partly(found[read]) for read in ASKED_OF_TARGET}
    return {HOME: {"LocationConstraint": declared.region}, **told}


def _partly(fact: Fact | Unread) -> Fact | Unresolved:
    return Unresolved(fact.reason) if isinstance(fact, Unread) else fact


def _neighbours(declared: Declared) -> dict[str, Declared]:
    """Give the template's other buckets by name; one whose name is not known goes by its logical id."""
    found = {}
    for logical_id, (type_name, said) in declared.others.items():
        if type_name == "AWS::S3::Bucket":
            given = said.get("BucketName")
            name = given if isinstance(given, str) else logical_id
            found[name] = Declared(name, said, declared.account, declared.region, declared.others)
    return found
