"""What every construct of a stage shares."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from holdfast.manifest import Manifest
from infra.code import CodeSets
from infra.settings import RETENTIONS, Stage

LOG_RETENTION = dict(zip(RETENTIONS, logs.RetentionDays, strict=False))


def removal_of(stage: Stage) -> RemovalPolicy:
    """Say what becomes of state when its resource leaves the template."""
    return RemovalPolicy.DESTROY if stage.removal_policy == "destroy" else RemovalPolicy.RETAIN


@dataclass(frozen=True)
class Frame:
    """A stage, what it governs, and what its functions have in common."""

    stage: Stage
    manifest: Manifest
    code: CodeSets
    manifest_layer: lambda_.ILayerVersion
    messages_key: kms.IKey
    alarm_topic: sns.ITopic
    exports: Mapping[str, str]

    @property
    def removal_policy(self) -> RemovalPolicy:
        """Say what becomes of logs when their function leaves the template."""
        return removal_of(self.stage)

    @property
    def log_retention(self) -> logs.RetentionDays:
        """Say how long logs are kept."""
        return LOG_RETENTION[self.stage.log_retention_days]
