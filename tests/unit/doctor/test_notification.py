"""A bucket's notification setting, read and added to."""

from typing import Any

from holdfast_console.doctor.notification import (
    difference,
    sends_to_eventbridge,
    sends_to_queue,
    with_eventbridge,
    with_queue,
)

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:judge"
OTHERS: dict[str, Any] = {
    "TopicConfigurations": [{"Id": "theirs", "TopicArn": "arn:aws:sns:x", "Events": ["s3:ObjectRemoved:*"]}],
    "QueueConfigurations": [{"Id": "theirs", "QueueArn": "arn:aws:sqs:other", "Events": ["s3:ObjectCreated:Put"]}],
}


def queue(
    prefix: str | None, *, suffix: str | None = None, events: tuple[str, ...] = ("s3:ObjectCreated:*",)
) -> dict[str, Any]:
    """Tell a queue of new objects."""
    rules = [{"Name": "Prefix", "Value": prefix}] if prefix is not None else []
    rules += [{"Name": "Suffix", "Value": suffix}] if suffix else []
    return {
        "QueueConfigurations": [{"QueueArn": QUEUE, "Events": list(events), "Filter": {"Key": {"FilterRules": rules}}}]
    }


def test_only_the_key_itself_says_that_eventbridge_hears() -> None:
    assert sends_to_eventbridge({"EventBridgeConfiguration": {}})
    assert not sends_to_eventbridge(OTHERS)


def test_a_queue_hears_of_a_prefix_that_its_filter_covers() -> None:
    assert sends_to_queue(queue("in/"), "in/batches/", queue_arn=QUEUE)
    assert sends_to_queue(queue(None), "in/", queue_arn=None)
    assert not sends_to_queue(queue("in/batches/late/"), "in/batches/", queue_arn=QUEUE)
    assert not sends_to_queue(queue("in/", suffix=".csv"), "in/", queue_arn=QUEUE)
    assert not sends_to_queue(queue("in/", events=("s3:ObjectCreated:Put",)), "in/", queue_arn=QUEUE)
    assert not sends_to_queue(queue("in/"), "in/", queue_arn="arn:aws:sqs:other")


def test_nothing_that_is_set_is_lost() -> None:
    for after in (with_eventbridge(OTHERS), with_queue(OTHERS, ["in/"], queue_arn=QUEUE)):
        assert after["TopicConfigurations"] == OTHERS["TopicConfigurations"]
        assert after["QueueConfigurations"][0] == OTHERS["QueueConfigurations"][0]


def test_adding_twice_adds_once() -> None:
    once = with_queue(OTHERS, ["a/", "b/", "a/"], queue_arn=QUEUE)
    assert len(once["QueueConfigurations"]) == 3
    assert with_queue(once, ["a/", "b/"], queue_arn=QUEUE) == once
    assert all(sends_to_queue(once, prefix, queue_arn=QUEUE) for prefix in ("a/", "b/"))


def test_the_difference_shows_what_is_added() -> None:
    shown = difference(OTHERS, with_eventbridge(OTHERS), name="notifications of ml-data")
    assert '+  "EventBridgeConfiguration": {},' in shown.splitlines()
    assert not [line for line in shown.splitlines()[3:] if line.startswith("-")]
