"""moto made strict where it is lax: each rule replaces one method of moto while a twin runs.

`tests/unit/replay/test_strict.py` shows for each rule that stock moto breaks it, so that a fix upstream is noticed.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from unittest.mock import patch

from moto.core.responses import ActionResult
from moto.dynamodb.comparisons import get_filter_expression
from moto.dynamodb.exceptions import DynamodbException, MockValidationException, TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import BucketAccessDeniedError, S3ClientError
from moto.s3.models import FakeBucket, S3Backend, s3_backends
from moto.s3.responses import S3Response
from moto.sagemaker.exceptions import ResourceInUseException, ResourceNotFound, ValidationError
from moto.sagemaker.models import SageMakerModelBackend

Method = Callable[..., Any]
TOKEN_LIFE = timedelta(minutes=10)
INDEX_ARGUMENT = 6
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
DISPLAY_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,81}")
SSE_S3 = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), "true")
OWNER_ENFORCED = "BucketOwnerEnforced"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one method of moto should do: `wrap` is given the method as it is and gives it as AWS behaves."""

    owner: type
    method: str
    wrap: Callable[[Method], Method]


@contextmanager
def strict() -> Iterator[None]:
    """Hold every rule while the block runs."""
    with replaced(RULES):
        yield


@contextmanager
def replaced(rules: tuple[Rule, ...]) -> Iterator[None]:
    """Hold these rules while the block runs."""
    with ExitStack() as stack:
        for rule in rules:
            original = getattr(rule.owner, rule.method)
            stack.enter_context(patch.object(rule.owner, rule.method, wraps(original)(rule.wrap(original))))
        yield


class AclNotSupported(S3ClientError):  # noqa: N818 - named as AWS names it
    """AWS's answer to an ACL on a bucket whose owner owns every object."""

    def __init__(self) -> None:
        super().__init__("AccessControlListNotSupported", "The bucket does not allow ACLs")


def _expect_owner(respond: Method) -> Method:
    """Refuse a request that expects another owner of the bucket, or of the bucket it copies from."""

    def checked(self: Any, request: Any, full_url: str) -> Any:
        source = str(request.headers.get("x-amz-copy-source", "")).lstrip("/").split("/", 1)[0]
        for header, bucket in (
            ("x-amz-expected-bucket-owner", self.bucket_name),
            ("x-amz-source-expected-bucket-owner", source),
        ):
            expected, owner = request.headers.get(header), _owner(bucket)
            if expected and owner and expected != owner:
                raise BucketAccessDeniedError(bucket=bucket)
        return respond(self, request, full_url)

    return checked


def _owner(bucket: str) -> str | None:
    found = s3_backends.bucket_accounts.get(bucket)
    return str(found[1]) if found else None


def _aws_defaults(create_bucket: Method) -> Method:
    """Give a new bucket what AWS gives it since April 2023: SSE-S3, every public access blocked, no ACLs."""

    def created(self: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
        bucket = create_bucket(self, bucket_name, *args, **kwargs)
        bucket.encryption = SSE_S3
        self.put_public_access_block(bucket_name, BLOCKED)
        bucket.ownership_rule = OWNER_ENFORCED
        return bucket

    return created


def _reset_encryption(_: Method) -> Method:
    """Reset to SSE-S3: since 2023 no bucket is without encryption."""

    def deleted(self: Any, bucket_name: str) -> None:
        self.get_bucket(bucket_name).encryption = SSE_S3

    return deleted


def _refuse_acl(put_acl: Method) -> Method:
    """Refuse an ACL where ownership is enforced, but for the one that grants nothing to others."""

    def put(self: Any, bucket_name: str, acl: Any) -> None:
        bucket = self.get_bucket(bucket_name)
        if bucket.ownership_rule == OWNER_ENFORCED and not _grants_the_owner_only(acl):
            raise AclNotSupported
        put_acl(self, bucket_name, acl)

    return put


def _grants_the_owner_only(acl: Any) -> bool:
    grants = acl.grants if acl is not None else []
    return len(grants) <= 1 and all(not grantee.uri for grant in grants for grantee in grant.grantees)


def _show_event_bridge(respond: Method) -> Method:
    """Say of a bucket that it tells EventBridge, which moto keeps but leaves out of the answer."""

    def shown(self: Any) -> Any:
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if configuration is None or configuration.event_bridge is None:
            return respond(self)
        serialized = self.serialized

        def with_bridge(result: Any) -> Any:
            return serialized(ActionResult({**result.result, "EventBridgeConfiguration": {}}))

        with patch.object(self, "serialized", with_bridge):
            return respond(self)

    return shown


def _leave_policies_to_the_proof(_: Method) -> Method:
    """Judge no request by the bucket policy: moto leaves conditions out, so a deny of plain HTTP would deny all."""

    def neutral(self: Any, action: str, resource: str) -> Any:
        return PermissionResult.NEUTRAL

    return neutral


def _leave_log_delivery_to_the_proof(_: Method) -> Method:
    """Take a logging target whose policy comes later, as AWS does: the proof judges the delivery."""

    def permitted(self: Any, target_bucket: Any, target_prefix: str | None) -> bool:
        return True

    return permitted


def _honour_transaction_token(respond: Method) -> Method:
    """Answer a transaction that is sent again with its token without writing again, for ten minutes."""
    seen: dict[tuple[str, str, str], tuple[datetime, str]] = {}

    def once(self: Any) -> Any:
        token = self.body.get("ClientRequestToken")
        if token is None:
            return respond(self)
        key, asked = (self.current_account, self.region, token), json.dumps(self.body["TransactItems"], sort_keys=True)
        at, before = seen.get(key, (datetime.min.replace(tzinfo=UTC), ""))
        if datetime.now(UTC) - at < TOKEN_LIFE:
            if before != asked:
                raise DynamodbException(
                    "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
                    "the token came with other parameters",
                )
            return respond_nothing(self)
        answer = respond(self)
        seen[key] = (datetime.now(UTC), asked)
        return answer

    def respond_nothing(self: Any) -> Any:
        with patch.object(self.dynamodb_backend, "transact_write_items"):
            return respond(self)

    return once


def _check_before_writing(transact: Method) -> Method:
    """Check every condition before the first write, where moto copies the whole table to be able to go back."""

    def written(self: Any, items: list[dict[str, Any]]) -> None:
        operations = [next(iter(item.items())) for item in items]
        if any(
            len(item) != 1 or kind not in {"Put", "Delete", "ConditionCheck"}
            for item, (kind, _) in zip(items, operations, strict=True)
        ):
            transact(self, items)
            return
        keys = [_key(self, kind, operation) for kind, operation in operations]
        if len(
            {
                json.dumps([operation["TableName"], key], sort_keys=True)
                for (_, operation), key in zip(operations, keys, strict=True)
            }
        ) < len(items):
            raise MockValidationException("Transaction request cannot include multiple operations on one item")
        errors = [_condition(self, operation, key) for (_, operation), key in zip(operations, keys, strict=True)]
        if any(code for code, _, _ in errors):
            raise TransactionCanceledException(errors)
        for (kind, operation), key in zip(operations, keys, strict=True):
            if kind == "Put":
                self.put_item(operation["TableName"], operation["Item"])
            elif kind == "Delete":
                self.delete_item(operation["TableName"], key)

    return written


def _read_one_partition(query: Method) -> Method:
    """Read the partition a query names, where moto sorts the whole table first."""

    def queried(self: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
        index = args[INDEX_ARGUMENT] if len(args) > INDEX_ARGUMENT else kwargs.get("index_name")
        if index is not None or hash_key is None or self.range_key_attr is None:
            return query(self, hash_key, *args, **kwargs)
        found = sorted(self.items.get(hash_key, {}).values(), key=lambda item: item.range_key)
        self.all_items = lambda: found
        try:
            return query(self, hash_key, *args, **kwargs)
        finally:
            vars(self).pop("all_items", None)

    return queried


def _key(backend: Any, kind: str, operation: dict[str, Any]) -> dict[str, Any]:
    if kind != "Put":
        return dict(operation["Key"])
    table = backend.get_table(operation["TableName"])
    return {name: operation["Item"][name] for name in (table.hash_key_attr, table.range_key_attr) if name is not None}


def _condition(backend: Any, operation: dict[str, Any], key: dict[str, Any]) -> tuple[str | None, str | None, Any]:
    expression = operation.get("ConditionExpression")
    if expression is None:
        return None, None, None
    current = backend.get_item(operation["TableName"], key)
    condition = get_filter_expression(
        expression, operation.get("ExpressionAttributeNames"), operation.get("ExpressionAttributeValues")
    )
    if condition.expr(current):
        return None, None, None
    wanted = operation.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD" and current
    return (
        "ConditionalCheckFailed",
        "The conditional request failed",
        current.to_json()["Attributes"] if wanted else None,
    )


def _honour_execution_token(start: Method) -> Method:
    """Start at most one execution of a pipeline for one ClientRequestToken."""

    def started(self: Any, pipeline_name: str, display_name: str | None, *args: Any) -> Any:
        pipeline = self.pipelines.get(pipeline_name.rsplit("/", 1)[-1])
        if pipeline is None:
            raise ResourceNotFound(message=f"Pipeline '{pipeline_name}' does not exist")
        for execution in pipeline.pipeline_executions.values():
            if execution.client_request_token == args[-1]:
                return {"PipelineExecutionArn": execution.arn}
        if display_name is not None and not DISPLAY_NAME.fullmatch(display_name):
            raise ValidationError(
                message=f"Value '{display_name}' at 'pipelineExecutionDisplayName' must satisfy {DISPLAY_NAME.pattern}"
            )
        _refuse_undeclared(pipeline, args[0] or [])
        return start(self, pipeline.pipeline_name, display_name, *args)

    return started


def _refuse_undeclared(pipeline: Any, parameters: list[dict[str, Any]]) -> None:
    definition = json.loads(pipeline.pipeline_definition or "{}")
    declared = {parameter["Name"] for parameter in definition.get("Parameters", [])}
    if unknown := sorted({parameter["Name"] for parameter in parameters} - declared):
        raise ValidationError(
            message=f"Parameters {unknown} are not declared in the pipeline's definition, which has {sorted(declared)}"
        )


def _refuse_doubled_job(create: Method) -> Method:
    """Refuse a training job of a name that was used before."""

    def created(self: Any, training_job_name: str, **arguments: Any) -> Any:
        if training_job_name in self.training_jobs:
            raise ResourceInUseException(message=f"Training job names must be unique, and {training_job_name} is used")
        if not JOB_NAME.fullmatch(training_job_name):
            raise ValidationError(
                message=f"Value '{training_job_name}' at 'trainingJobName' must satisfy {JOB_NAME.pattern}"
            )
        return create(self, training_job_name=training_job_name, **arguments)

    return created


TABLES = (
    Rule(DynamoDBBackend, "transact_write_items", _check_before_writing),
    Rule(Table, "query", _read_one_partition),
)
"""What takes moto's tables as much time as they hold items, done as AWS does it: the tests of the ledger share them."""
RULES = (
    Rule(S3Response, "_bucket_response", _expect_owner),
    Rule(S3Response, "_key_response", _expect_owner),
    Rule(S3Response, "get_bucket_notification", _show_event_bridge),
    Rule(S3Backend, "create_bucket", _aws_defaults),
    Rule(S3Backend, "delete_bucket_encryption", _reset_encryption),
    Rule(S3Backend, "put_bucket_acl", _refuse_acl),
    Rule(FakeBucket, "get_permission", _leave_policies_to_the_proof),
    Rule(FakeBucket, "_log_permissions_enabled_policy", _leave_log_delivery_to_the_proof),
    Rule(DynamoHandler, "transact_write_items", _honour_transaction_token),
    *TABLES,
    Rule(SageMakerModelBackend, "start_pipeline_execution", _honour_execution_token),
    Rule(SageMakerModelBackend, "create_training_job", _refuse_doubled_job),
)
