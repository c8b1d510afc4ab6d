"""The table the ledger is kept in: made, or adopted where there is one already."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.frame import removal_of
from infra.settings import Stage


def ledger_table(scope: Construct, construct_id: str, *, stage: Stage, key: kms.IKey) -> dynamodb.ITable:
    """Give the stage's ledger."""
    if stage.ledger_table is None:
        return _made(scope, construct_id, key=key, removal=removal_of(stage))
    found = stage.ledger_table
    its_key = kms.Key.from_key_arn(scope, f"{construct_id}Key", found.key_arn) if found.key_arn is not None else None
    return dynamodb.Table.from_table_attributes(
        scope, construct_id, table_name=found.name, table_stream_arn=found.stream_arn, encryption_key=its_key
    )


def _made(scope: Construct, construct_id: str, *, key: kms.IKey, removal: RemovalPolicy) -> dynamodb.Table:
    text = dynamodb.AttributeType.STRING
    return dynamodb.Table(
        scope,
        construct_id,
        partition_key=dynamodb.Attribute(name="pk", type=text),
        sort_key=dynamodb.Attribute(name="sk", type=text),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        stream=dynamodb.StreamViewType.NEW_IMAGE,
        encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=removal == RemovalPolicy.RETAIN,
        removal_policy=removal,
    )
