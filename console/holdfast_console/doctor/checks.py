"""From facts to findings: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from holdfast.manifest import Bucket
from holdfast_console.doctor import deny, notification
from holdfast_console.doctor.finding import Finding, Unread, Verdict

ENABLE = "holdfast doctor --enable-events"


@dataclass(frozen=True, slots=True)
class Trail:
    """What a CloudTrail trail records."""

    name: str
    home_region: str
    is_multi_region: bool
    is_logging: bool
    selectors: Sequence[Mapping[str, Any]] = ()
    advanced_selectors: Sequence[Mapping[str, Any]] = ()

    def tells_of_changes(self, region: str) -> bool:
        """Tell whether management events that change something in a region are recorded."""
        here = self.is_multi_region or self.home_region == region
        plain = any(
            one.get("IncludeManagementEvents", True) and one.get("ReadWriteType", "All") in ("All", "WriteOnly")
            for one in self.selectors
        )
        return here and self.is_logging and (plain or any(_selects_changes(one) for one in self.advanced_selectors))


def _selects_changes(selector: Mapping[str, Any]) -> bool:
    fields = {field["Field"]: field for field in selector.get("FieldSelectors", ())}
    only_reads = "true" in fields.get("readOnly", {}).get("Equals", ())
    return "Management" in fields.get("eventCategory", {}).get("Equals", ()) and not only_reads


def events(
    bucket: Bucket, prefixes: Sequence[str], setting: Mapping[str, Any] | Unread, *, queue_arn: str | None
) -> Finding:
    """Does the bucket tell of new objects by the door that the manifest names?"""
    if isinstance(setting, Unread):
        return Finding("events", bucket.name, Verdict.UNKNOWN, setting.reason)
    if bucket.events == "eventbridge":
        if notification.sends_to_eventbridge(setting):
            return Finding("events", bucket.name, Verdict.OK, "events go to EventBridge")
        said = "no events go to EventBridge: only the sweep would find new batches"
        return Finding("events", bucket.name, Verdict.FAILED, said, ENABLE)
    missing = [one for one in prefixes if not notification.sends_to_queue(setting, one, queue_arn=queue_arn)]
    if not missing:
        return Finding("events", bucket.name, Verdict.OK, "new objects are told to a queue")
    said = f"no notification of new objects below {', '.join(missing)}: only the sweep would find them"
    return Finding("events", bucket.name, Verdict.FAILED, said, f"{ENABLE} --queue-arn ARN")


def region(bucket: Bucket, found: str | Unread) -> Finding:
    """Is the bucket there, ours, and where the manifest says?"""
    if isinstance(found, Unread):
        return Finding("region", bucket.name, Verdict.UNKNOWN, found.reason)
    if found == bucket.region:
        return Finding("region", bucket.name, Verdict.OK, f"is in {found}")
    said = f"is in {found}, the manifest says {bucket.region}: copies would leave their region"
    return Finding("region", bucket.name, Verdict.FAILED, said, "correct the region in governance.yaml")


def key(bucket: Bucket, encryption: str | Unread | None, state: str | Unread | None) -> Finding:
    """Can what lies in the bucket be decrypted by the key that the functions are granted?"""
    if isinstance(encryption, Unread):
        return Finding("key", bucket.name, Verdict.UNKNOWN, encryption.reason)
    if encryption is not None and bucket.kms_key_arn is None:
        said = f"new objects are encrypted with {encryption}, for which the manifest grants nothing"
        return Finding("key", bucket.name, Verdict.FAILED, said, "name it as kms_key_arn in governance.yaml")
    if bucket.kms_key_arn is None:
        return Finding("key", bucket.name, Verdict.OK, "no key of ours is needed")
    if isinstance(state, Unread):
        return Finding("key", bucket.name, Verdict.UNKNOWN, state.reason)
    if state != "Enabled":
        said = f"{bucket.kms_key_arn} is {state or 'missing'}: nothing encrypted with it can be read"
        return Finding("key", bucket.name, Verdict.FAILED, said, "enable the key, or correct kms_key_arn")
    if encryption is not None and encryption != bucket.kms_key_arn:
        said = f"new objects are encrypted with {encryption}, the manifest grants {bucket.kms_key_arn}"
        return Finding("key", bucket.name, Verdict.FAILED, said, "correct kms_key_arn in governance.yaml")
    return Finding("key", bucket.name, Verdict.OK, "the key is enabled")


def quarantine(bucket: Bucket, prefixes: Sequence[str], policy: Mapping[str, Any] | Unread | None) -> Finding:
    """Are quarantined batches kept from readers?"""
    if isinstance(policy, Unread):
        return Finding("quarantine", bucket.name, Verdict.UNKNOWN, policy.reason)
    if all(deny.denies(policy, bucket.name, prefix) for prefix in prefixes):
        return Finding("quarantine", bucket.name, Verdict.OK, "quarantined objects cannot be read")
    then = deny.merged(policy, deny.statement(bucket.name, prefixes))
    offer = notification.difference(policy or {}, then, name=f"bucket policy of {bucket.name}")
    remedy = "merge this statement into the bucket policy"
    return Finding("quarantine", bucket.name, Verdict.FAILED, "quarantined objects can still be read", remedy, offer)


def reference(model: str, uri: str, size: int | Unread | None) -> Finding:
    """Is there anything to build a model's baseline of?"""
    if isinstance(size, Unread):
        return Finding("reference", model, Verdict.UNKNOWN, size.reason)
    if size:
        return Finding("reference", model, Verdict.OK, f"{uri} has {size} bytes")
    said = f"{uri} is {'missing' if size is None else 'empty'}: no baseline can be built"
    return Finding("reference", model, Verdict.FAILED, said, "put the reference there, or correct governance.yaml")


def baseline(model: str, sha256: str | Unread | None) -> Finding:
    """Is a baseline in force?"""
    if isinstance(sha256, Unread):
        return Finding("baseline", model, Verdict.UNKNOWN, sha256.reason)
    if sha256 is not None:
        return Finding("baseline", model, Verdict.OK, f"{sha256[:12]} is in force")
    said = "no baseline is in force: every batch is unknown"
    return Finding("baseline", model, Verdict.FAILED, said, "the next sweep asks for one; see Baseline Failed entries")


def trainer(model: str, name: str, status: str | Unread | None) -> Finding:
    """Is what trains the model there?"""
    if isinstance(status, Unread):
        return Finding("pipeline", model, Verdict.UNKNOWN, status.reason)
    if status == "Active":
        return Finding("pipeline", model, Verdict.OK, f"{name} is there")
    said = f"{name} is {status or 'missing'}: no run could be started"
    return Finding("pipeline", model, Verdict.FAILED, said, "create it, or correct governance.yaml")


def trail(trails: Sequence[Trail] | Unread, region_name: str) -> Finding:
    """Would EventBridge hear of changes to buckets at all?"""
    if isinstance(trails, Unread):
        return Finding("trail", region_name, Verdict.UNKNOWN, trails.reason)
    if telling := [one.name for one in trails if one.tells_of_changes(region_name)]:
        return Finding("trail", region_name, Verdict.OK, f"{telling[0]} logs management events")
    said = f"none of {len(trails)} trails logs management events here: changes of buckets would go unheard"
    return Finding("trail", region_name, Verdict.FAILED, said, "create a trail of write management events")


def topic(arn: str, subscriptions: Sequence[str] | Unread) -> Finding:
    """Does anyone hear what the notifier says?"""
    if isinstance(subscriptions, Unread):
        return Finding("topic", arn, Verdict.UNKNOWN, subscriptions.reason)
    confirmed = [one for one in subscriptions if one.startswith("arn:")]
    if confirmed:
        return Finding("topic", arn, Verdict.OK, f"{len(confirmed)} subscribers")
    pending = f" ({len(subscriptions)} not confirmed)" if subscriptions else ""
    said = f"no one subscribes{pending}: notifications reach nobody"
    return Finding("topic", arn, Verdict.FAILED, said, "subscribe an address and confirm it")
