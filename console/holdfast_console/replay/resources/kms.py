"""AWS::KMS: keys and their aliases."""

import json

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site, document
from holdfast_console.replay.wiring import KeyFact


def key(resource: Resource, site: Site) -> Installed:
    """Create a key under its own policy."""
    policy = resource.properties.need("KeyPolicy")
    resource.properties.without_effect("EnableKeyRotation", "PendingWindowInDays", "RotationPeriodInDays")
    asked = resource.properties.passed("Description", "KeySpec", "KeyUsage", "MultiRegion")
    made = site.client("kms").create_key(Policy=json.dumps(policy), **asked)["KeyMetadata"]
    site.add(KeyFact(made["Arn"], document(resource.logical_id, policy)))
    return Installed(made["KeyId"], {"Arn": made["Arn"], "KeyId": made["KeyId"]})


def alias(resource: Resource, site: Site) -> Installed:
    """Give a key another name."""
    name, target = resource.properties.need("AliasName"), resource.properties.need("TargetKeyId")
    site.client("kms").create_alias(AliasName=name, TargetKeyId=target)
    arn = next((arn for arn in site.facts if arn == target or arn.endswith(f":key/{target}")), target)
    site.amend(arn, of=resource.logical_id, aliases=[name])
    return Installed(name)


SERVICE = Service("kms", {"AWS::KMS::Key": key, "AWS::KMS::Alias": alias})
