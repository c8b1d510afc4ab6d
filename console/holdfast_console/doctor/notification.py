"""A bucket's notification setting: does it tell of new objects, and what to add so that it does."""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any

Setting = Mapping[str, Any]
EVENTBRIDGE = "EventBridgeConfiguration"
QUEUES = "QueueConfigurations"
ALL_CREATED = "s3:ObjectCreated:*"


def sends_to_eventbridge(setting: Setting) -> bool:
    """Tell whether the bucket's events reach EventBridge."""
    return EVENTBRIDGE in setting


def sends_to_queue(setting: Setting, prefix: str, *, queue_arn: str | None) -> bool:
    """Tell whether every new object below a prefix is told to a queue, to this one if it is named."""
    return any(
        (queue_arn is None or queue["QueueArn"] == queue_arn)
        and ALL_CREATED in queue["Events"]
        and _covers(queue.get("Filter", {}), prefix)
        for queue in setting.get(QUEUES, ())
    )


def with_eventbridge(setting: Setting) -> dict[str, Any]:
    """Add EventBridge to what is set."""
    return {**setting, EVENTBRIDGE: {}}


def with_queue(setting: Setting, prefixes: Iterable[str], *, queue_arn: str) -> dict[str, Any]:
    """Add the queue for each prefix that it is not yet told of."""
    missing = [prefix for prefix in sorted(set(prefixes)) if not sends_to_queue(setting, prefix, queue_arn=queue_arn)]
    added = [
        {
            "Id": f"holdfast-{prefix}"[:255],
            "QueueArn": queue_arn,
            "Events": [ALL_CREATED],
            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
        }
        for prefix in missing
    ]
    return {**setting, QUEUES: [*setting.get(QUEUES, ()), *added]}


def difference(before: Mapping[str, Any], after: Mapping[str, Any], *, name: str) -> str:
    """Show a change of a JSON document line by line."""
    old, new = (json.dumps(value, indent=2, sort_keys=True).splitlines() for value in (before, after))
    return "\n".join(difflib.unified_diff(old, new, f"{name} (now)", f"{name} (then)", lineterm=""))


def _covers(wanted: Mapping[str, Any], prefix: str) -> bool:
    rules = {rule["Name"].lower(): rule["Value"] for rule in wanted.get("Key", {}).get("FilterRules", ())}
    return prefix.startswith(rules.get("prefix", "")) and not rules.get("suffix")
