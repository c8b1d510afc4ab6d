"""What calls to DynamoDB and its streams need.

Sources: service authorization reference, "Amazon DynamoDB"; DynamoDB developer guide, "Using IAM policy conditions for
fine-grained access control" and "How DynamoDB encryption at rest works" (a caller decrypts the table key).
"""

import re
from collections.abc import Callable, Iterable, Mapping

from holdfast_console.replay.call import Call, Need, Needs, Table

EQUALITY = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def _arn(call: Call, table: str) -> str:
    return table if table.startswith("arn:") else call.arn(f"table/{table}", service="dynamodb")


def _key(call: Call, table_arn: str) -> Iterable[Need]:
    return call.key_use(call.around.encryption(table_arn), "Decrypt", through="dynamodb")


def _leading(call: Call, table_arn: str, items: Iterable[Mapping[str, object]]) -> dict[str, str | tuple[str, ...]]:
    """The partition key values the request touches, for policies on dynamodb:LeadingKeys."""
    name = call.around.partition_key(table_arn)
    values = dict.fromkeys(_plain(item[name]) for item in items if name in item) if name else {}
    return {"dynamodb:LeadingKeys": tuple(values)} if values else {}


def _plain(value: object) -> str:
    """An attribute value as text, typed (`{"S": "x"}`) or not."""
    return str(next(iter(value.values()))) if isinstance(value, Mapping) else str(value)


def _mapping(call: Call, value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise call.malformed(f"{name} must be an object", value)
    return value


def _on_item(action: str, holder: str) -> Callable[[Call], Needs]:
    def needs(call: Call) -> Needs:
        table = _arn(call, call.text("TableName"))
        item = _mapping(call, call.params.get(holder), holder)
        yield Need(f"dynamodb:{action}", table, _leading(call, table, [item]))
        yield from _key(call, table)

    return needs


def _search(call: Call) -> Needs:
    """A query or a scan, of the table or of an index."""
    table = _arn(call, call.text("TableName"))
    index = call.params.get("IndexName")
    context = {} if index else _leading(call, table, [_equalities(call)])
    yield Need(f"dynamodb:{call.operation}", f"{table}/index/{index}" if index else table, context)
    yield from _key(call, table)


def _equalities(call: Call) -> Mapping[str, object]:
    """What a query's key condition fixes."""
    names = _mapping(call, call.params.get("ExpressionAttributeNames", {}), "ExpressionAttributeNames")
    values = _mapping(call, call.params.get("ExpressionAttributeValues", {}), "ExpressionAttributeValues")
    pairs = EQUALITY.findall(str(call.params.get("KeyConditionExpression", "")))
    return {str(names.get(name, name)): values[value] for name, value in pairs if value in values}


def _read_batch(call: Call) -> Needs:
    for name, request in _mapping(call, call.params.get("RequestItems"), "RequestItems").items():
        table = _arn(call, name)
        keys = _mapping(call, request, "RequestItems").get("Keys")
        yield Need("dynamodb:BatchGetItem", table, _leading(call, table, keys if isinstance(keys, list) else []))
        yield from _key(call, table)


TRANSACTED = {
    "Put": ("PutItem", "Item"),
    "Update": ("UpdateItem", "Key"),
    "Delete": ("DeleteItem", "Key"),
    "ConditionCheck": ("ConditionCheckItem", "Key"),
    "Get": ("GetItem", "Key"),
}


def _transaction(call: Call) -> Needs:
    """Each part needs the permission of the operation it stands for."""
    for one in call.listed("TransactItems"):
        for kind, part in one.items():
            action, holder = TRANSACTED[kind]
            inner = _mapping(call, part, kind)
            table = _arn(call, str(inner.get("TableName")))
            context = _leading(call, table, [_mapping(call, inner.get(holder), holder)])
            yield Need(f"dynamodb:{action}", table, {**context, "dynamodb:EnclosingOperation": call.operation})
            yield from _key(call, table)


def _table(call: Call) -> Needs:
    return [Need(f"dynamodb:{call.operation}", _arn(call, call.text("TableName")))]


def _stream(call: Call) -> Needs:
    yield from _stream_needs(call, call.text("StreamArn"))


def _records(call: Call) -> Needs:
    """A shard iterator begins with the ARN of its stream."""
    yield from _stream_needs(call, call.text("ShardIterator").partition("|")[0])


def _stream_needs(call: Call, stream: str) -> Needs:
    yield Need(f"dynamodb:{call.operation}", stream)
    if call.operation == "GetRecords":
        yield from _key(call, stream.partition("/stream/")[0])


DYNAMODB: Table = {
    "GetItem": _on_item("GetItem", "Key"),
    "PutItem": _on_item("PutItem", "Item"),
    "UpdateItem": _on_item("UpdateItem", "Key"),
    "DeleteItem": _on_item("DeleteItem", "Key"),
    "Query": _search,
    "Scan": _search,
    "BatchGetItem": _read_batch,
    "TransactWriteItems": _transaction,
    "TransactGetItems": _transaction,
    "DescribeTable": _table,
}

STREAMS: Table = {
    "DescribeStream": _stream,
    "GetShardIterator": _stream,
    "GetRecords": _records,
    "ListStreams": lambda _: [Need("dynamodb:ListStreams", "*")],
}
