"""AWS::DynamoDB: tables."""

from typing import Any

from holdfast_console.replay.intrinsics import Installed
from holdfast_console.replay.service import Service
from holdfast_console.replay.site import Resource, Site
from holdfast_console.replay.wiring import TableFact

PASSED = (
    "AttributeDefinitions", "BillingMode", "DeletionProtectionEnabled", "GlobalSecondaryIndexes", "KeySchema",
    "LocalSecondaryIndexes", "ProvisionedThroughput", "TableClass",
)  # fmt: skip


def table(resource: Resource, site: Site) -> Installed:
    """Create a table with its stream, its backups and its key."""
    properties, dynamodb = resource.properties, site.client("dynamodb")
    name = properties.take("TableName") or resource.named(most=255)
    asked: dict[str, Any] = properties.passed(*PASSED)
    stream, sealed = properties.take("StreamSpecification"), properties.take("SSESpecification")
    if stream is not None:
        asked["StreamSpecification"] = {"StreamEnabled": True, **stream}
    if sealed is not None:
        given = {"KMSMasterKeyId": sealed["KMSMasterKeyId"]} if "KMSMasterKeyId" in sealed else {}
        asked["SSESpecification"] = {"Enabled": sealed["SSEEnabled"], "SSEType": sealed.get("SSEType", "KMS"), **given}
    made = dynamodb.create_table(TableName=name, **asked)["TableDescription"]
    if (backups := properties.take("PointInTimeRecoverySpecification")) is not None:
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=backups)
    if (expiry := properties.take("TimeToLiveSpecification")) is not None:
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": expiry["Enabled"], "AttributeName": expiry["AttributeName"]},
        )
    partition_key = next(key["AttributeName"] for key in asked["KeySchema"] if key["KeyType"] == "HASH")
    site.add(TableFact(made["TableArn"], partition_key, key=(sealed or {}).get("KMSMasterKeyId")))
    streamed = {"StreamArn": made["LatestStreamArn"]} if stream is not None else {}
    return Installed(name, {"Arn": made["TableArn"], **streamed})


SERVICE = Service("dynamodb", {"AWS::DynamoDB::Table": table})
