"""What DynamoDB calls need, from the service authorization reference and DynamoDB's fine-grained access control."""

from typing import Any

from holdfast_console.replay.call import Need
from holdfast_console.replay.calls import needs

ACCOUNT = "123456789012"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/ledger"
STREAM = f"{TABLE}/stream/2026-01-01T00:00:00.000"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1111"


class Known:
    """A table whose partition key is known, encrypted or not."""

    def __init__(self, key: str | None) -> None:
        self.key = key

    def encryption(self, arn: str) -> str | None:
        assert arn == TABLE
        return self.key

    def partition_key(self, _: str) -> str | None:
        return "stream"

    def key_arn(self, key: str) -> str:
        return key


def needed(operation: str, *, service: str = "dynamodb", key: str | None = None, **params: Any) -> list[Need]:
    return needs(service, operation, params, region="eu-west-1", account=ACCOUNT, around=Known(key))


def test_an_item_tells_its_partition_key() -> None:
    for params in ({"Key": {"stream": {"S": "batches#1"}}}, {"Key": {"stream": "batches#1", "sequence": 1}}):
        assert needed("GetItem", TableName="ledger", **params) == [
            Need("dynamodb:GetItem", TABLE, {"dynamodb:LeadingKeys": ("batches#1",)})
        ]


def test_a_query_tells_the_partition_it_fixes() -> None:
    query = needed(
        "Query",
        TableName=TABLE,
        KeyConditionExpression="#s = :s AND #q > :after",
        ExpressionAttributeNames={"#s": "stream", "#q": "sequence"},
        ExpressionAttributeValues={":s": {"S": "batches#1"}, ":after": {"N": "3"}},
    )
    assert query == [Need("dynamodb:Query", TABLE, {"dynamodb:LeadingKeys": ("batches#1",)})]


def test_an_index_is_a_resource_of_its_own() -> None:
    assert needed("Query", TableName="ledger", IndexName="by_time")[0].resource == f"{TABLE}/index/by_time"
    assert needed("Scan", TableName="ledger") == [Need("dynamodb:Scan", TABLE)]


def test_a_batch_asks_for_each_table_and_all_its_keys() -> None:
    keys = [{"stream": {"S": "a"}}, {"stream": {"S": "b"}}, {"stream": {"S": "a"}}]
    assert needed("BatchGetItem", RequestItems={"ledger": {"Keys": keys}}) == [
        Need("dynamodb:BatchGetItem", TABLE, {"dynamodb:LeadingKeys": ("a", "b")})
    ]


def test_each_part_of_a_transaction_needs_the_permission_of_its_kind() -> None:
    item = {"stream": {"S": "a"}}
    parts = [
        {"Put": {"TableName": "ledger", "Item": item}},
        {"Update": {"TableName": "ledger", "Key": item}},
        {"Delete": {"TableName": "ledger", "Key": item}},
        {"ConditionCheck": {"TableName": "ledger", "Key": item}},
        {"Put": {"TableName": "ledger", "Item": item}},
    ]
    wanted = needed("TransactWriteItems", TransactItems=parts)
    assert [need.action.removeprefix("dynamodb:") for need in wanted] == [
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "ConditionCheckItem",
    ]
    assert wanted[0].context == {
        "dynamodb:LeadingKeys": ("a",),
        "dynamodb:EnclosingOperation": "TransactWriteItems",
    }


def test_a_table_under_a_key_of_ours_is_read_and_written_by_decrypting_its_table_key() -> None:
    for operation in ("GetItem", "PutItem"):
        decrypt = needed(operation, key=KEY, TableName="ledger", Key={}, Item={})[-1]
        assert (decrypt.action, decrypt.resource) == ("kms:Decrypt", KEY)
        assert decrypt.context["kms:ViaService"] == "dynamodb.eu-west-1.amazonaws.com"


def test_a_stream_is_known_by_its_iterators() -> None:
    records = needed("GetRecords", service="dynamodbstreams", key=KEY, ShardIterator=f"{STREAM}|1|AAAA")
    assert [(need.action, need.resource) for need in records] == [
        ("dynamodb:GetRecords", STREAM),
        ("kms:Decrypt", KEY),
    ]
    assert needed("DescribeStream", service="dynamodbstreams", StreamArn=STREAM) == [
        Need("dynamodb:DescribeStream", STREAM)
    ]
    assert needed("ListStreams", service="dynamodbstreams") == [Need("dynamodb:ListStreams", "*")]
