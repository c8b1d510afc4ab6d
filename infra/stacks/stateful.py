"""What must outlive every deployment: the ledger, baselines, quarantined batches, reports, keys, the notices' topic."""

from aws_cdk import Duration, Environment, Stack, StackSynthesizer
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from holdfast.manifest import Manifest
from infra.constructs.ledger_table import ledger_table
from infra.constructs.silence import Silence
from infra.frame import removal_of
from infra.settings import Stage


class Stateful(Stack):
    """State; it exports all of it whether or not anyone imports it, so that no other change has to wait for one here.

    The alarms on silent models stand here beside the topic they ring: next to the functions, 300 of them would take a
    stack past its 500 resources.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, manifest: Manifest, env: Environment,
        synthesizer: StackSynthesizer,
    ) -> None:  # fmt: skip
        super().__init__(
            scope, construct_id, env=env, synthesizer=synthesizer,
            termination_protection=stage.removal_policy == "retain",
            description="Holdfast: the ledger, baselines, quarantined batches, keys",
        )  # fmt: skip
        self._removal = removal_of(stage)
        self.data_key = self._key("DataKey", "Holdfast: the ledger, baselines and quarantined batches")
        self.messages_key = self._key("MessagesKey", "Holdfast: queues, notices and logs")
        self._admit_services()
        self.ledger = ledger_table(self, "Ledger", stage=stage, key=self.data_key)
        self.access_logs = self._access_logs(stage.log_retention_days)
        self.state = self._bucket("State")
        self.quarantine = self._bucket("Quarantine")
        self.reports = self._bucket("Reports", lock=_lock(stage))
        self.notices = self._topic()
        self.alarm_topic: sns.ITopic = self.notices
        if stage.alarm_topic is not None:
            self.alarm_topic = sns.Topic.from_topic_arn(self, "AlarmTopic", stage.alarm_topic)
        Silence(self, "Silence", manifest=manifest, topic=self.alarm_topic, namespace=stage.namespace)
        self.exports = self._exported(with_table=stage.ledger_table is None)

    def _key(self, name: str, description: str) -> kms.Key:
        return kms.Key(
            self, name, description=description, enable_key_rotation=True, pending_window=Duration.days(30),
            removal_policy=self._removal,
        )  # fmt: skip

    def _admit_services(self) -> None:
        """Let the services that deliver to our queues, topic and logs use their key, on this account's behalf only."""
        arn, here = f"arn:{self.partition}", f"{self.region}:{self.account}"
        deliver = {"kms:Decrypt", "kms:GenerateDataKey"}
        by_rule = {"ArnLike": {"aws:SourceArn": f"{arn}:events:{here}:rule/*"}}
        self._admit("Rules", "events.amazonaws.com", deliver, by_rule)
        self._admit("Notifications", "s3.amazonaws.com", deliver, self._from(f"{arn}:s3:::*"))
        self._admit("Alarms", "cloudwatch.amazonaws.com", deliver, self._from(f"{arn}:cloudwatch:{here}:alarm:*"))
        keep = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}
        of_logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{arn}:logs:{here}:log-group:*"}}
        self._admit("Logs", f"logs.{self.region}.amazonaws.com", keep, of_logs)

    def _from(self, source: str) -> dict[str, dict[str, str]]:
        return {"StringEquals": {"aws:SourceAccount": self.account}, "ArnLike": {"aws:SourceArn": source}}

    def _admit(self, sid: str, service: str, actions: set[str], conditions: dict[str, dict[str, str]]) -> None:
        self.messages_key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid, principals=[iam.ServicePrincipal(service)], actions=sorted(actions), resources=["*"],
                conditions=conditions,
            )
        )  # fmt: skip

    def _access_logs(self, days: int) -> s3.Bucket:
        """Keep access logs under S3's own key, since S3 delivers them to no other, and let them end."""
        kept = s3.LifecycleRule(
            expiration=Duration.days(days), noncurrent_version_expiration=Duration.days(days),
            abort_incomplete_multipart_upload_after=Duration.days(7),
        )  # fmt: skip
        return s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[kept],
            removal_policy=self._removal,
        )

    def _bucket(self, name: str, *, lock: s3.ObjectLockRetention | None = None) -> s3.Bucket:
        kept = s3.LifecycleRule(
            noncurrent_version_expiration=Duration.days(365), abort_incomplete_multipart_upload_after=Duration.days(7)
        )  # fmt: skip
        return s3.Bucket(
            self, name, encryption=s3.BucketEncryption.KMS, encryption_key=self.data_key, bucket_key_enabled=True,
            versioned=True, enforce_ssl=True, block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED, server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{name.lower()}/", lifecycle_rules=[kept], removal_policy=self._removal,
            object_lock_enabled=True if lock else None, object_lock_default_retention=lock,
        )  # fmt: skip

    def _topic(self) -> sns.Topic:
        topic = sns.Topic(self, "Notices", master_key=self.messages_key, enforce_ssl=True)
        alarms = f"arn:{self.partition}:cloudwatch:{self.region}:{self.account}:alarm:*"
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Alarms", principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")], actions=["sns:Publish"],
                resources=[topic.topic_arn], conditions=self._from(alarms),
            )
        )  # fmt: skip
        return topic

    def _exported(self, *, with_table: bool) -> dict[str, str]:
        """Export every attribute that is known only once it stands, and give the name each goes by."""
        keys = (self.data_key.key_arn, self.messages_key.key_arn)
        buckets = (self.state, self.quarantine, self.reports, self.access_logs)
        named = [value for bucket in buckets for value in (bucket.bucket_arn, bucket.bucket_name)]
        table = (self.ledger.table_arn, self.ledger.table_name, str(self.ledger.table_stream_arn)) if with_table else ()
        attributes = (*keys, *named, *table, self.notices.topic_arn, self.notices.topic_name)
        return {value: str(self.resolve(self.export_value(value))["Fn::ImportValue"]) for value in attributes}


def _lock(stage: Stage) -> s3.ObjectLockRetention:
    """Say how long, and against whom, a report is kept as it is."""
    days = Duration.days(stage.report_retention_days)
    is_strict = stage.report_lock == "compliance"
    return s3.ObjectLockRetention.compliance(days) if is_strict else s3.ObjectLockRetention.governance(days)
