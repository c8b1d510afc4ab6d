"""The ledger in DynamoDB: once, in order, all or nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel

from holdfast.ledger import outbox, publisher
from holdfast.ledger.adapter import EVERY_SHARD, Ledger
from holdfast.ledger.contract import Cause, Decision, Entry, Fold
from holdfast.ledger.logic import MOST_ENTRY_BYTES, Author, verify
from holdfast.shared.canonical import canonical
from holdfast.shared.contract import Emitted
from holdfast.shared.errors import ConfigurationError, ContractError, IntegrityError, TransientError
from tests.conftest import NOON, REGION, TABLE, Context, make_ledger_table
from tests.integration.batches.crashes import watching

CAUSE = Cause("event-1", "chain-1")


class Run(Emitted):
    """A decision's body."""

    number: int


class Runs(BaseModel):
    """How many runs are in flight."""

    in_flight: int = 0


FOLD = Fold(Runs, 1, lambda state, _: Runs(in_flight=state.in_flight + 1))


def start(number: int) -> Callable[[Runs], Decision | None]:
    """Decide to start a run, but only if none is in flight."""

    def decide(state: Runs) -> Decision | None:
        if state.in_flight:
            return None
        return Decision("Run Decided", "model", "start", "due", Run(number=number), ("model", str(number)))

    return decide


def add(number: int) -> Callable[[Runs], Decision]:
    """Decide whatever the state is."""
    return lambda _: Decision("Run Decided", "model", "start", "due", Run(number=number), ("model", str(number)))


def commit(ledger: Ledger, decide: Callable[[Runs], Decision | None]) -> Entry | None:
    """Commit to the one stream of these tests."""
    return ledger.commit("runs#model", FOLD, decide, cause=CAUSE, now=NOON)


def test_entries_chain_and_verify(ledger: Ledger) -> None:
    for number in range(3):
        commit(ledger, add(number))
    entries = list(ledger.entries("runs#model"))
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert verify(entries)["runs#model"].sequence == 3
    assert (entries[0].actor, entries[0].cause, entries[0].correlation_id) == ("test", "event-1", "chain-1")


def test_the_same_decision_is_recorded_once(ledger: Ledger) -> None:
    assert commit(ledger, add(1)) is not None
    assert commit(ledger, add(1)) is None
    assert len(list(ledger.entries("runs#model"))) == 1


def test_an_answer_equal_to_the_state_writes_nothing(ledger: Ledger) -> None:
    commit(ledger, start(1))
    before = boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Count"]
    assert commit(ledger, start(2)) is None
    assert boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Count"] == before


def test_two_that_both_saw_nothing_in_flight_start_one(ledger: Ledger) -> None:
    rival = Ledger(boto3.client("dynamodb", REGION), TABLE, Author("rival", "manifest"))
    seen: list[Runs] = []

    def overtaken(state: Runs) -> Decision | None:
        seen.append(state)
        if len(seen) == 1:
            commit(rival, start(7))
        return start(8)(state)

    assert commit(ledger, overtaken) is None
    assert [state.in_flight for state in seen] == [0, 1]
    assert [entry.body["number"] for entry in ledger.entries("runs#model")] == [7]


def test_a_verdict_that_loses_a_race_under_the_same_id_is_decided_again(ledger: Ledger) -> None:
    rival = Ledger(boto3.client("dynamodb", REGION), TABLE, Author("rival", "manifest"))
    seen: list[int] = []

    def verdict(number: int) -> Callable[[Runs], Decision]:
        return lambda state: Decision(
            "Run Decided", "model", "start", "due", Run(number=number), ("model", str(state.in_flight))
        )

    def overtaken(state: Runs) -> Decision:
        seen.append(state.in_flight)
        if len(seen) == 1:
            commit(rival, verdict(7))
        return verdict(8)(state)

    assert commit(ledger, overtaken) is not None
    assert seen == [0, 1]
    assert [entry.body["number"] for entry in ledger.entries("runs#model")] == [7, 8]


def test_a_stream_contended_without_end_asks_to_come_back(ledger: Ledger) -> None:
    rival = Ledger(boto3.client("dynamodb", REGION), TABLE, Author("rival", "manifest"))
    numbers = iter(range(100, 200))

    def always_overtaken(state: Runs) -> Decision:
        commit(rival, add(next(numbers)))
        return add(1)(state)

    with pytest.raises(TransientError, match="contended"):
        commit(ledger, always_overtaken)


def test_a_write_whose_answer_was_lost_is_not_doubled(ledger: Ledger) -> None:
    dynamodb = boto3.client("dynamodb", REGION)
    dynamodb.meta.events.register_last("after-call.dynamodb.TransactWriteItems", lose_answer)
    forgetful = Ledger(dynamodb, TABLE, Author("test", "manifest"))
    with pytest.raises(TransientError):
        commit(forgetful, add(1))
    assert commit(ledger, add(1)) is None
    assert len(list(ledger.entries("runs#model"))) == 1


def lose_answer(**_: Any) -> None:
    """Stand for a connection that broke after the write."""
    raise ClientError({"Error": {"Code": "InternalServerError", "Message": "lost"}}, "TransactWriteItems")


def test_a_head_that_moved_without_a_new_entry_is_a_conflict_too(ledger: Ledger) -> None:
    commit(ledger, add(1))
    moved = iter(["f" * 64])

    def overtaken(state: Runs) -> Decision:
        for other in moved:
            spoil({"pk": {"S": "stream#runs#model"}, "sk": {"S": "head"}}, hash={"S": other})
        return add(2)(state)

    entry = commit(ledger, overtaken)
    assert entry is not None
    assert entry.previous == "f" * 64


def test_an_entry_is_never_written_over(ledger: Ledger) -> None:
    stray = {"pk": {"S": "stream#runs#model"}, "sk": {"S": "entry#000000000001"}, "entry": {"S": "stray"}}
    boto3.client("dynamodb", REGION).put_item(TableName=TABLE, Item=stray)
    with pytest.raises(TransientError, match="contended"):
        commit(ledger, add(1))
    assert boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Items"] == [stray]


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (["None", "None", "TransactionConflict", "None"], None),
        (["TransactionConflict", "None", "ConditionalCheckFailed", "None"], None),
        (["None", "ThrottlingError", "None", "None"], TransientError),
        (["ProvisionedThroughputExceeded"] * 4, TransientError),
        (["None", "ItemCollectionSizeLimitExceeded", "None", "None"], ConfigurationError),
        ([], ConfigurationError),
    ],
)
def test_a_cancelled_transaction_says_who_must_act(aws: None, codes: list[str], kind: type[Exception] | None) -> None:
    make_ledger_table()
    dynamodb = boto3.client("dynamodb", REGION)
    cancelled = iter([codes])

    def cancel(**_: Any) -> None:
        for reasons in cancelled:
            response = {
                "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
                "CancellationReasons": [{"Code": code} for code in reasons],
            }
            raise ClientError(response, "TransactWriteItems")

    dynamodb.meta.events.register_last("before-call.dynamodb.TransactWriteItems", cancel)
    unlucky = Ledger(dynamodb, TABLE, Author("test", "manifest"))
    if kind is None:
        assert commit(unlucky, add(1)) is not None
        return
    with pytest.raises(kind):
        commit(unlucky, add(1))


def test_every_read_is_consistent(ledger: Ledger) -> None:
    with watching() as calls:
        written = commit(ledger, add(1))
        assert written is not None
        ledger.entry(written.decision_id)
        ledger.state("runs#model", Fold(Runs, 2, FOLD.evolve))
    reads = [parameters for operation, parameters in calls.made if operation != "TransactWriteItems"]
    assert len(reads) == 5
    assert all(parameters["ConsistentRead"] for parameters in reads)


def test_a_decision_is_found_by_its_id(ledger: Ledger) -> None:
    written = commit(ledger, add(1))
    assert written is not None
    assert ledger.entry(written.decision_id) == written
    assert ledger.entry("0" * 64) is None


def test_a_state_of_another_version_is_folded_again(ledger: Ledger) -> None:
    for number in range(3):
        commit(ledger, add(number))

    class Named(BaseModel):
        numbers: tuple[int, ...] = ()

    fold = Fold(Named, 2, lambda state, entry: Named(numbers=(*state.numbers, entry.body["number"])))
    assert ledger.state("runs#model", fold).numbers == (0, 1, 2)


@pytest.mark.parametrize("version", [0, 7])
def test_a_head_written_by_older_or_newer_code_is_folded_again(ledger: Ledger, version: int) -> None:
    other = Fold(Runs, version, lambda _, __: Runs(in_flight=99))
    ledger.commit("runs#model", other, add(0), cause=CAUSE, now=NOON)
    assert ledger.state("runs#model", FOLD).in_flight == 1
    commit(ledger, add(1))
    assert ledger.state("runs#model", FOLD).in_flight == 2
    assert verify(ledger.entries("runs#model"))["runs#model"].sequence == 2


@pytest.mark.parametrize("state", ["{", "[]", '{"in_flight": NaN}', '{"in_flight": "many"}'])
def test_a_head_that_was_touched_is_an_auditors_matter(ledger: Ledger, state: str) -> None:
    commit(ledger, add(1))
    spoil({"pk": {"S": "stream#runs#model"}, "sk": {"S": "head"}}, state={"S": state})
    with pytest.raises(IntegrityError, match="does not hold its state"):
        commit(ledger, add(2))


def test_an_actor_is_never_handed_an_entry_that_was_touched(ledger: Ledger) -> None:
    written = commit(ledger, add(1))
    assert written is not None
    text = canonical(written.model_dump(mode="json")).decode()
    key = {"pk": {"S": "stream#runs#model"}, "sk": {"S": "entry#000000000001"}}
    spoil(key, entry={"S": text.replace('"number":1', '"number":2')})
    with pytest.raises(IntegrityError, match="its content does not match its hash"):
        ledger.entry(written.decision_id)


def test_an_actor_is_never_handed_the_entry_of_another_decision(ledger: Ledger) -> None:
    first, second = commit(ledger, add(1)), commit(ledger, add(2))
    assert first is not None
    assert second is not None
    spoil({"pk": {"S": f"decision#{first.decision_id}"}, "sk": {"S": "decision"}}, sequence={"N": "2"})
    with pytest.raises(IntegrityError, match=f"points at the entry of decision {second.decision_id}"):
        ledger.entry(first.decision_id)


def test_the_largest_entry_fits_twice_in_one_transaction(ledger: Ledger) -> None:
    class Note(Emitted):
        text: str

    def noted(size: int) -> Callable[[Runs], Decision]:
        return lambda _: Decision("Note Taken", "model", "noted", "due", Note(text="ä" * size), (str(size),))

    assert commit(ledger, noted((MOST_ENTRY_BYTES - 2_000) // 2)) is not None
    assert verify(ledger.entries("runs#model"))["runs#model"].sequence == 1
    with pytest.raises(ContractError, match=f"expected at most {MOST_ENTRY_BYTES}"):
        commit(ledger, noted(MOST_ENTRY_BYTES // 2))


def spoil(key: dict[str, Any], **values: Any) -> None:
    """Change an item behind the ledger's back."""
    dynamodb = boto3.client("dynamodb", REGION)
    item = dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    dynamodb.put_item(TableName=TABLE, Item={**item, **values})


def test_a_missing_entry_is_noticed_when_folding(ledger: Ledger) -> None:
    for number in range(3):
        commit(ledger, add(number))
    key = {"pk": {"S": "stream#runs#model"}, "sk": {"S": "entry#000000000002"}}
    boto3.client("dynamodb", REGION).delete_item(TableName=TABLE, Key=key)
    with pytest.raises(IntegrityError, match="holds 2 entries, its head says 3"):
        ledger.state("runs#model", Fold(Runs, 2, FOLD.evolve))


def test_a_missing_table_is_an_operators_matter(aws: None) -> None:
    with pytest.raises(ConfigurationError, match="ResourceNotFoundException"):
        commit(Ledger(boto3.client("dynamodb", REGION), "nowhere", Author("test", "m")), add(1))


@pytest.fixture
def bus(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give a bus that drops what it hears into a queue, and functions set up to speak on it."""
    events, sqs = boto3.client("events", REGION), boto3.client("sqs", REGION)
    events.create_event_bus(Name="holdfast")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="all", EventBusName="holdfast", EventPattern='{"source": ["holdfast.ledger"]}')
    events.put_targets(Rule="all", EventBusName="holdfast", Targets=[{"Id": "queue", "Arn": arn}])
    monkeypatch.setenv("HOLDFAST_LEDGER_TABLE", TABLE)
    monkeypatch.setenv("HOLDFAST_BUS", "holdfast")
    publisher.announcer.cache_clear()
    outbox.announcer.cache_clear()
    return str(queue)


def heard(queue: str) -> int:
    """Count what came over the bus."""
    return len(boto3.client("sqs", REGION).receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []))


def outbox_items() -> list[dict[str, Any]]:
    """List what waits to be announced."""
    items: list[dict[str, Any]] = boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Items"]
    return [item for item in items if item["pk"]["S"].startswith("outbox#")]


def stream_event(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Hand items over as the table's stream does."""
    records = [
        {"eventID": str(number), "eventName": "INSERT", "eventSource": "aws:dynamodb",
         "dynamodb": {"SequenceNumber": str(number), "Keys": {"pk": item["pk"], "sk": item["sk"]}, "NewImage": item}}
        for number, item in enumerate(items)
    ]  # fmt: skip
    return {"Records": records}


def test_the_publisher_announces_once_and_empties_the_outbox(ledger: Ledger, bus: str, context: Context) -> None:
    commit(ledger, add(1))
    everything = boto3.client("dynamodb", REGION).scan(TableName=TABLE)["Items"]
    assert publisher.lambda_handler(stream_event(everything), context) == {"batchItemFailures": []}
    assert outbox_items() == []
    assert heard(bus) == 1


@pytest.mark.parametrize("change", ["MODIFY", "REMOVE"])
def test_the_publisher_announces_only_what_is_new(ledger: Ledger, bus: str, context: Context, change: str) -> None:
    commit(ledger, add(1))
    event = stream_event(outbox_items())
    event["Records"][0]["eventName"] = change
    assert publisher.lambda_handler(event, context) == {"batchItemFailures": []}
    assert heard(bus) == 0


def test_a_refused_announcement_stays_in_the_outbox_and_is_reported(
    ledger: Ledger, bus: str, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(ledger, add(1))
    monkeypatch.setattr(
        publisher.announcer()._events, "put_events",
        lambda **_: {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "slow"}]},
    )  # fmt: skip
    assert publisher.lambda_handler(stream_event(outbox_items()), context) == {
        "batchItemFailures": [{"itemIdentifier": "0"}]
    }
    assert len(outbox_items()) == 1


def test_the_timer_announces_what_the_stream_did_not(
    ledger: Ledger, bus: str, context: Context, queued: Callable[..., dict[str, Any]]
) -> None:
    commit(ledger, add(1))
    assert outbox.lambda_handler(queued({"detail-type": "Scheduled Event"}), context) == {"batchItemFailures": []}
    assert outbox_items() == []
    assert heard(bus) == 1


def test_the_timer_leaves_to_the_stream_what_is_young(
    ledger: Ledger,
    bus: str,
    context: Context,
    queued: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit(ledger, add(1))
    for waited, held in ((timedelta(minutes=1), 1), (timedelta(minutes=3), 0)):
        monkeypatch.setattr(outbox.clock, "now", lambda waited=waited: NOON + waited)
        outbox.lambda_handler(queued({"detail-type": "Scheduled Event"}), context)
        assert len(outbox_items()) == held
    assert heard(bus) == 1


NOTED = Fold(Runs, 1, lambda _, entry: Runs(in_flight=int(entry.outcome == "start")), lambda state: state.in_flight > 0)


def turn(outcome: str, number: int) -> Callable[[Runs], Decision]:
    """Decide that a run starts or ends."""
    return lambda _: Decision("Run Decided", "model", outcome, "due", Run(number=number), ("model", str(number)))


def test_streams_in_which_something_is_open_can_be_listed(ledger: Ledger) -> None:
    for number, stream in enumerate(f"runs#model/{name}" for name in range(20)):
        ledger.commit(stream, NOTED, turn("start", number), cause=CAUSE, now=NOON)
    ledger.commit("other#model/99", NOTED, turn("start", 99), cause=CAUSE, now=NOON)
    ledger.commit("runs#job/1", NOTED, turn("start", 100), cause=CAUSE, now=NOON)
    assert sorted(ledger.open_subjects("runs", "model/")) == sorted(f"model/{name}" for name in range(20))
    assert "job/1" in set(ledger.open_subjects("runs"))
    parts = [list(ledger.open_subjects("runs", shards=(shard,))) for shard in EVERY_SHARD]
    assert sorted(name for part in parts for name in part) == sorted(ledger.open_subjects("runs"))
    assert all(parts), "so many are spread over all parts"


def test_the_note_goes_with_the_entry_that_closes_and_is_written_once(ledger: Ledger) -> None:
    for number, outcome in enumerate(["start", "start", "end", "end", "start", "end"]):
        with watching() as calls:
            ledger.commit("runs#model", NOTED, turn(outcome, number), cause=CAUSE, now=NOON)
        (written,) = (said["TransactItems"] for name, said in calls.made if name == "TransactWriteItems")
        assert len(written) == (4 if number in (1, 3) else 5)
        assert list(ledger.open_subjects("runs")) == (["model"] if outcome == "start" else [])


def test_a_commit_that_is_lost_leaves_no_note(ledger: Ledger) -> None:
    ledger.commit("runs#model", NOTED, turn("start", 1), cause=CAUSE, now=NOON)
    assert ledger.commit("runs#other", NOTED, turn("start", 1), cause=CAUSE, now=NOON) is None
    assert list(ledger.open_subjects("runs")) == ["model"]


def test_the_end_of_a_stream_is_read_newest_first_and_no_further_than_asked(ledger: Ledger) -> None:
    for number in range(7):
        commit(ledger, add(number))
    with watching() as calls:
        found = ledger.latest("runs#model", 3)
    assert [entry.sequence for entry in found] == [7, 6, 5]
    ((_, asked),) = calls.made
    assert (asked["Limit"], asked["ConsistentRead"], asked["ScanIndexForward"]) == (3, True, False)
    assert [entry.sequence for entry in ledger.latest("runs#model", 99)] == [7, 6, 5, 4, 3, 2, 1]
    assert ledger.latest("runs#another", 3) == []
