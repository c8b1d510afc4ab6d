"""The notifier: every notable decision is told, at least once, in the same words."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Announcement, Cause, Decision, Entry, Fold
from holdfast.notification import notifier
from holdfast.retraining.state import State
from holdfast.shared import clients
from holdfast.shared.contract import Emitted
from tests.conftest import ACCOUNT, NOON, REGION, TABLE, Context


class Body(Emitted):
    """A body."""


class Office:
    """A topic with one subscriber, and decisions to tell of."""

    def __init__(self, ledger: Ledger, queued: Callable[..., dict[str, Any]]) -> None:
        self.ledger, self.queued = ledger, queued
        sns, sqs = clients.client("sns"), clients.client("sqs")
        self.topic = sns.create_topic(Name="people")["TopicArn"]
        self.queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:inbox")

    def decided(self, kind: str, outcome: str, number: int = 1) -> Entry:
        """Record a decision."""
        decision = Decision(kind, "demand", outcome, "because", Body(), ("demand", str(number)))
        cause = Cause("event", "chain")
        fold = Fold(State, 1, lambda state, _: state)
        entry = self.ledger.commit("tests#demand", fold, lambda _: decision, cause=cause, now=NOON)
        assert entry is not None
        return entry

    def tell(self, *entries: Entry) -> list[str]:
        """Announce decisions to the notifier."""
        details = [Announcement.of(entry).model_dump(mode="json") for entry in entries]
        return self.deliver(*[{"detail-type": "x", "source": "holdfast.ledger", "detail": one} for one in details])

    def deliver(self, *bodies: Any) -> list[str]:
        """Hand messages to the notifier and return the ids of those that failed."""
        answer = notifier.lambda_handler(self.queued(*bodies), Context())  # type: ignore[arg-type]
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def heard(self) -> list[dict[str, Any]]:
        """Give what the subscriber got."""
        received: list[dict[str, Any]] = []
        while (
            messages := clients.client("sqs")
            .receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            for message in messages:
                received.append(json.loads(message["Body"]))
                clients.client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return received


@pytest.fixture
def office(
    ledger: Ledger, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Open an office."""
    made = Office(ledger, queued)
    path = tmp_path / "governance.json"
    path.write_text("{}")
    values = {"TOPIC": made.topic, "STAGE": "prod", "LEDGER_TABLE": TABLE, "ACTOR": "Notifier", "MANIFEST": str(path)}
    for name, value in values.items():
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    for built in (notifier.settings, notifier.ledger, notifier.topic):
        built.cache_clear()
    yield made
    for built in (notifier.settings, notifier.ledger, notifier.topic):
        built.cache_clear()


def test_a_notable_decision_reaches_people(office: Office) -> None:
    entry = office.decided("Batch Judged", "drift")
    assert office.tell(entry) == []
    [message] = office.heard()
    assert message["Subject"] == "[prod] Batch Judged: demand drift"
    assert entry.decision_id in message["Message"]
    attributes = {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}
    assert attributes == {
        "stage": "prod", "audience": "owner", "kind": "Batch Judged", "outcome": "drift", "subject": "demand",
        "decision_id": entry.decision_id,
    }  # fmt: skip


def test_a_message_repeated_is_the_same_message(office: Office) -> None:
    entry = office.decided("Run Closed", "failed")
    assert office.tell(entry, entry) == []
    first, second = office.heard()
    assert (first["Subject"], first["Message"]) == (second["Subject"], second["Message"])


def test_what_is_not_worth_a_persons_time_is_not_told(office: Office) -> None:
    assert office.tell(office.decided("Batch Judged", "none"), office.decided("Run Started", "started", 2)) == []
    assert office.heard() == []


def test_a_decision_that_is_not_on_record_is_not_told(office: Office) -> None:
    good = {"detail": {"decision_id": office.decided("Batch Judged", "drift").decision_id}}
    forged = {"detail": {"decision_id": "f" * 64, "kind": "Batch Judged", "outcome": "drift"}}
    assert office.deliver(forged, {"detail": {}}, "no json", good) == ["message-0", "message-1", "message-2"]
    assert len(office.heard()) == 1


def test_a_topic_that_is_gone_fails_the_message_and_loses_nothing(office: Office) -> None:
    entry = office.decided("Batch Judged", "quarantined")
    clients.client("sns").delete_topic(TopicArn=office.topic)
    assert office.tell(entry) == ["message-0"]
