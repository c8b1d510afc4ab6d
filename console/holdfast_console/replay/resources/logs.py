"""AWS::Logs: log groups."""

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site


def log_group(resource: Resource, site: Site) -> Installed:
    """Create a log group."""
    properties, logs = resource.properties, site.client("logs")
    name, key = properties.take("LogGroupName") or resource.named(most=512), properties.take("KmsKeyId")
    logs.create_log_group(logGroupName=name, **({"kmsKeyId": key} if key is not None else {}))
    if (days := properties.take("RetentionInDays")) is not None:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    properties.without_effect("LogGroupClass")
    return Installed(name, {"Arn": site.arn("logs", f"log-group:{name}:*")})


SERVICE = Service("logs", {"AWS::Logs::LogGroup": log_group})
