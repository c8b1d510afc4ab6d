"""The standard story through the template that is deployed, and through every way in which deliveries can go astray."""

from pathlib import Path

import pytest

from holdfast.compliance.contract import CALL
from holdfast.compliance.doors import TELLING
from holdfast_console.main import main
from holdfast_console.replay.session import Twin
from holdfast_console.replay.templates import Synthesis
from tests.replay.conftest import OUTCOMES, Start, check, outcomes, quiet, tell


def test_the_story_ends_as_it_must_and_every_call_and_edge_is_granted(start: Start, tmp_path: Path) -> None:
    with start() as twin:
        tell(twin)
        check(twin)
        twin.export_ledger(tmp_path / "ledger.jsonl")
        assert [run.status for run in twin.sagemaker.runs] == ["succeeded", "succeeded"]
    assert main(["ledger", "verify", str(tmp_path / "ledger.jsonl")]) == 0


HINTS = (
    ("aws.securityhub", "Security Hub Findings - Imported", {"findings": [{"Resources": [{"Type": "AwsS3Bucket"}]}]}),
    ("aws.guardduty", "GuardDuty Finding", {"resource": {"s3BucketDetails": [{"name": "b"}]}}),
    ("aws.macie", "Macie Finding", {"resourcesAffected": {"s3Bucket": {"name": "b"}}}),
    ("aws.access-analyzer", "Access Analyzer Finding", {"resourceType": "AWS::S3::Bucket"}),
    ("aws.config", "Config Rules Compliance Change", {"resourceType": "AWS::S3::Bucket"}),
)
RARELY = {
    "ReadStreams": "to fold a stream anew when a state's form has changed",
    "TellGoneFromDenied": "S3 answers 404 instead of 403 to whoever may list",
    "FindCopies": "S3 answers 404 instead of 403 to whoever may list",
    "FindExecutions": "a start that is not on record after a day is looked for before it is given up",
    "EmptyOutbox": "the timer's turn comes when the stream has failed",
    "Announce": "the timer's turn comes when the stream has failed",
    "Logs": "CloudWatch Logs seals the logs itself",
    "ReadBatches": "by ETag where a bucket keeps no versions; tags of objects without versions",
    "KeepCopies": "uploads in parts, above 5 GB",
    "CloseInLedger": "a batch in quarantine that is overwritten where a bucket keeps no versions",
    "KeepReports": "reads a report that another delivery stored",
    "UseStateKey": "S3 asks for both halves of a key at different calls",
    **dict.fromkeys(
        ("AskOfAll", "AskOfBuckets", "AskOfObjects", "AskOfS3Express", "AskOfSagemaker", "AskOfCloudtrail"),
        "each control asks its own: tests/unit/replay/test_calls.py holds every declared call against its grant",
    ),
}
"""Grants that the standard story has no use for, and what they are for."""


def test_what_is_granted_is_needed(start: Start, made: Synthesis) -> None:
    with start() as twin:
        tell(twin)
        idle = {grant.statement for grant in twin.unused_grants()}
        assert idle <= RARELY.keys()
        told_in_vain(twin, made)
        assert twin.unused_rules() == []


def told_in_vain(twin: Twin, template: Synthesis) -> None:
    """Tell of a failed call by each rule of compliance: some kinds of resource are in no story."""
    rules = [one["Properties"] for stack in template.templates.values() for one in stack["Resources"].values()
             if one["Type"] == "AWS::Events::Rule" and "EventPattern" in one["Properties"]]  # fmt: skip
    for pattern in (rule["EventPattern"] for rule in rules):
        if pattern.get("detail-type") == [CALL]:
            called = {"eventName": pattern["detail"]["eventName"][0], "errorCode": "AccessDenied"}
            twin.send({"source": pattern["source"][0], "detail-type": CALL, "id": "failed", "detail": called})
        elif pattern.get("detail-type") == sorted(TELLING):
            said = {"ModelName": "in-no-scope"}
            twin.send({"source": "aws.sagemaker", "detail-type": sorted(TELLING)[2], "id": "told", "detail": said})
    for source, name, detail in HINTS:
        twin.send({"source": source, "detail-type": name, "id": "hint", "account": "210987654321", "detail": detail})
    quiet(twin)


def test_every_event_is_acted_on_ignored_with_a_reason_or_dead(start: Start) -> None:
    with start() as twin:
        tell(twin)
        ends = {"decision", "effect", "announced", "ignored", "unrouted"}
        assert {line.kind for line in twin.trace} <= ends
        assert all(line.reason for line in twin.trace if line.kind in ("ignored", "unrouted"))


@pytest.mark.parametrize("seed", [1, 2])
def test_thrice_delivered_and_shuffled_it_ends_the_same(start: Start, seed: int) -> None:
    with start(seed=seed, deliveries=3) as twin:
        tell(twin)
        found = outcomes(twin)
        assert twin.dead_letters() == []
        assert {each: sorted(said) for each, said in found.items()} == {
            each: sorted(said) for each, said in OUTCOMES.items()
        }
        assert len(twin.sagemaker.runs) == 2
        decided = [entry.decision_id for entry in twin.ledger_entries()]
        assert len(decided) == len(set(decided))
        letters: dict[str, set[str]] = {}
        for note in twin.notifications():
            decision = note.message.partition("Decision ")[2][:64]
            letters.setdefault(decision, set()).add(note.subject + note.message)
        assert all(len(said) == 1 for said in letters.values()), "what is told again is told in the same words"
        assert len(twin.notifications()) > len(letters)
