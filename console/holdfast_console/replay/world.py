"""What the manifest takes for granted: buckets, keys, pipelines and roles that stand before Holdfast is deployed."""

import json
from typing import Any

from holdfast.manifest import Bucket, Manifest
from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.resources.s3 import create_bucket
from holdfast_console.replay.site import Site
from holdfast_console.replay.wiring import BucketFact, Edge, EdgeKind, KeyFact, NamedDocument, default_key_policy

JUDGE_MODULE = "holdfast.batches.judge"
PARAMETERS = ("HoldfastBatches", "HoldfastReason", "HoldfastDecision")
MOST_LISTS = 90


def build(manifest: Manifest, site: Site) -> None:
    """Create what exists already, so that the app finds it."""
    for bucket in manifest.buckets:
        _bucket(bucket, site)
    for model in manifest.models.values():
        if model.retraining is not None and model.retraining.pipeline is not None:
            _pipeline(model.retraining.pipeline, site)


def announce(manifest: Manifest, site: Site) -> None:
    """Switch the buckets' events on, as `doctor --enable-events` does: by EventBridge, or to the judge's queue."""
    for bucket in manifest.buckets:
        configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
        if bucket.events == "notification":
            queue = judge_queue(site)
            configuration = {"QueueConfigurations": [{"QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}]}
            site.edges.append(Edge(EdgeKind.NOTIFICATION, f"arn:aws:s3:::{bucket.name}", queue))
        site.client("s3").put_bucket_notification_configuration(
            Bucket=bucket.name, NotificationConfiguration=configuration
        )


def judge_queue(site: Site) -> str:
    """Find the queue that feeds the batch judge."""
    judges = [arn for arn, function in site.functions.items() if function.handler.startswith(f"{JUDGE_MODULE}.")]
    found = [source.source for source in site.sources if source.function in judges]
    if not found:
        raise ConfigurationError(f"no queue feeds {JUDGE_MODULE}: buckets that notify it directly have nowhere to")
    return found[0]


def _bucket(bucket: Bucket, site: Site) -> None:
    s3, arn = site.client("s3"), f"arn:aws:s3:::{bucket.name}"
    create_bucket(s3, bucket.name, bucket.region)
    s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    site.add(BucketFact(arn, key=bucket.kms_key_arn))
    if bucket.kms_key_arn is not None:
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": bucket.kms_key_arn}
        rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
        s3.put_bucket_encryption(Bucket=bucket.name, ServerSideEncryptionConfiguration={"Rules": rules})
        if bucket.kms_key_arn not in site.facts:
            site.add(KeyFact(bucket.kms_key_arn, NamedDocument("existing key", default_key_policy(site.account))))


def _pipeline(name: str, site: Site) -> None:
    """Create a pipeline that declares what Holdfast tells it, once however many models share it."""
    sagemaker = site.client("sagemaker")
    known = {each["PipelineName"] for each in sagemaker.list_pipelines()["PipelineSummaries"]}
    if name not in known:
        declared = [*PARAMETERS, *(f"HoldfastBatches{number}" for number in range(2, MOST_LISTS + 1))]
        parameters = [{"Name": parameter, "Type": "String", "DefaultValue": " "} for parameter in declared]
        definition = {"Version": "2020-12-01", "Metadata": {}, "Parameters": parameters, "Steps": []}
        sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(definition),
            ClientRequestToken=f"existing-{name}".ljust(32, "-"),
            RoleArn=f"arn:aws:iam::{site.account}:role/existing-training-role",
        )
