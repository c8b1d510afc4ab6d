"""A house in which buckets are put right: judge, planner and remediator over moto, fed by hand."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from holdfast.compliance import catalogue, judge, planner, remediator
from holdfast.compliance.contract import Severity
from holdfast.compliance.control import Control
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import TAGS, VERSIONING
from holdfast.compliance.remediation import execution
from holdfast.compliance.remediation.carrying import Plan, approve
from holdfast.compliance.remediation.settings import RemediationSettings
from holdfast.compliance.remediation.state import FOLD, RemediationState
from holdfast.compliance.remedy import Remediation, Remedy, Step
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Entry, LedgerSettings
from holdfast.manifest import Manifest
from holdfast.shared import clients, clock
from tests.conftest import ACCOUNT, REGION, TABLE, Context
from tests.integration.batches.conftest import announced, failed

NAME = "training-data"
SUBJECT = f"s3_bucket/{NAME}"
STREAM, JUDGED = f"remediation#{SUBJECT}", f"compliance#{SUBJECT}"
ROLE = "holdfast-remediator"
OURS = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/holdfast-test"
PERSON = f"arn:aws:sts::{ACCOUNT}:assumed-role/platform/ada"
MEDIUM: Severity = "medium"
Moment = Literal["before", "after", "timeout"]
MOMENTS: tuple[Moment, ...] = ("before", "after", "timeout")


def check(facts: Facts) -> str | None:
    """Fail unless the bucket has versions and an owner's tag."""
    names = {tag["Key"] for tag in facts[TAGS].get("TagSet", [])}
    is_whole = facts[VERSIONING].get("Status") == "Enabled" and "owner" in names
    return None if is_whole else "no versions or no owner"


def propose(facts: Facts) -> Remedy | str:
    """Enable versions, then add the tag to those that there are."""
    tags = list(facts[TAGS].get("TagSet", []))
    if any(tag["Key"] == "keep-out" for tag in tags):
        return "the bucket asks to be left alone"
    undo = Step("put_bucket_tagging", "s3:PutBucketTagging", {"Tagging": {"TagSet": tags}})
    gone = Step("delete_bucket_tagging", "s3:PutBucketTagging")
    tagged = {"Tagging": {"TagSet": [*tags, {"Key": "owner", "Value": "data-team"}]}}
    return Remedy(
        does="enables versions and names an owner",
        apply=(_versioning("Enabled"), Step("put_bucket_tagging", "s3:PutBucketTagging", tagged)),
        undo=(undo if tags else gone, _versioning("Suspended")),
    )


def _versioning(status: str) -> Step:
    return Step("put_bucket_versioning", "s3:PutBucketVersioning", {"VersioningConfiguration": {"Status": status}})


OWNED = Control(
    id="versions_and_owner", kind="s3_bucket", title="it has versions and an owner", severity=MEDIUM, rationale="-",
    advice="-", references=("Test versions-and-owner",), events=("PutBucketVersioning", "PutBucketTagging"),
    reads=(TAGS, VERSIONING), check=check,
    remediation=Remediation(("s3:PutBucketVersioning", "s3:PutBucketTagging"), (TAGS, VERSIONING), propose),
)  # fmt: skip
"""A control whose remedy takes two calls."""


class Killed(BaseException):
    """The environment is gone: nothing in the function can catch this."""


@contextmanager
def faults(
    *, at: int | None = None, moment: Moment = "before", refuse: Mapping[str, tuple[str, int]] | None = None,
    during: Mapping[str, Callable[[], object]] | None = None,
) -> Any:  # fmt: skip
    """Note every call's name; kill, or time out, at the n-th; answer named ones with an error, or act before them."""
    made: list[str] = []
    original = BaseClient._make_api_call

    def played(self: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        number = len(made)
        made.append(operation)
        if during and operation in during:
            act = during[operation]
            del during[operation]  # type: ignore[attr-defined]
            act()
        if refuse and operation in refuse:
            code, status = refuse[operation]
            raise ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation)
        if number != at:
            return original(self, operation, parameters)
        if moment != "before":
            with suppress(ClientError):
                original(self, operation, parameters)
        if moment == "timeout":
            raise ReadTimeoutError(endpoint_url="https://s3")
        raise Killed(operation)

    with patch.object(BaseClient, "_make_api_call", played):
        yield made


@dataclass
class House:
    """What the tests hold in their hands."""

    ledger: Ledger
    queued: Callable[..., dict[str, Any]]
    shipped: Path
    monkeypatch: pytest.MonkeyPatch
    s3: Any

    def govern(self, remediation: object, **more: object) -> None:
        """Ship a manifest with these modes for the bucket."""
        said = {"buckets": [{"name": NAME, "region": REGION, "remediation": remediation}], **more}
        scope = [{"kind": "s3_bucket", "match": "*"}]
        self.shipped.write_bytes(Manifest.model_validate({"scope": scope, **said}).canonical())
        forget()

    def judge(self, principal: str = PERSON, *, call: str = "PutBucketTagging", bucket: str = NAME) -> list[Entry]:
        """Let the judge hear of a change, and give what it recorded."""
        stream = f"compliance#s3_bucket/{bucket}"
        before = len(list(self.ledger.entries(stream)))
        event = {
            "id": f"event-{before}", "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3",
            "account": ACCOUNT, "time": "2026-03-02T12:00:00Z", "region": REGION, "resources": [],
            "detail": {
                "eventSource": "s3.amazonaws.com", "eventName": call, "readOnly": False,
                "requestParameters": {"bucketName": bucket}, "recipientAccountId": ACCOUNT,
                "userIdentity": {"type": "AssumedRole", "arn": principal},
            },
        }  # fmt: skip
        assert failed(judge.lambda_handler(self.queued(event), Context())) == []
        return list(self.ledger.entries(stream))[before:]

    def plan(self, *entries: Entry) -> list[str]:
        """Let the planner hear of entries, or of a tick, and name the messages that come again."""
        messages = [announced(entry) for entry in entries] or [{"id": "tick-1", "detail-type": "Scheduled Event"}]
        return failed(planner.lambda_handler(self.queued(*messages), Context()))

    def remedy(self, *entries: Entry, attempt: int = 1, run: str = "message-0") -> list[str]:
        """Let the remediator hear of entries, and name the messages that come again."""
        event = self.queued(*map(announced, entries))
        for number, record in enumerate(event["Records"]):
            record["attributes"]["ApproximateReceiveCount"] = str(attempt)
            record["messageId"] = run if number == 0 else f"{run}-{number}"
        return failed(remediator.lambda_handler(event, Context()))

    def planned(self, principal: str = PERSON) -> Entry:
        """Judge and plan, and give the latest plan."""
        for entry in self.judge(principal):
            assert self.plan(entry) == []
        return next(entry for entry in reversed(self.entries()) if entry.kind == "Remediation Planned")

    def approve(self, plan: Entry, by: str = PERSON) -> Entry:
        """Allow a plan."""
        mine = Plan.of(plan, by=by, run=by)
        entry = self.ledger.commit(
            STREAM, FOLD, lambda state: approve(state, mine, mode="approve", now=clock.now()),
            cause=plan.cause_of_next, now=clock.now(),
        )  # fmt: skip
        assert entry is not None
        return entry

    def entries(self) -> list[Entry]:
        """Read the stream of the bucket's remediation."""
        return list(self.ledger.entries(STREAM))

    def story(self) -> list[tuple[str, str]]:
        """Give kind and outcome of each entry of it."""
        return [(entry.kind.removeprefix("Remediation "), entry.outcome) for entry in self.entries()]

    def state(self) -> RemediationState:
        """Give where it stands."""
        return self.ledger.state(STREAM, FOLD)

    def versioning(self) -> str | None:
        """Read the setting."""
        status: str | None = self.s3.get_bucket_versioning(Bucket=NAME).get("Status")
        return status

    def tags(self) -> dict[str, str]:
        """Read the setting."""
        try:
            return {tag["Key"]: tag["Value"] for tag in self.s3.get_bucket_tagging(Bucket=NAME)["TagSet"]}
        except ClientError:
            return {}

    def tag(self, **tags: str) -> None:
        """Set the tags, as a person does."""
        said = {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}
        self.s3.put_bucket_tagging(Bucket=NAME, Tagging=said)

    def later(self, delta: timedelta) -> AbstractContextManager[Any]:
        """Let the functions read a later clock."""
        now = clock.now()
        return patch.object(clock, "now", lambda: now + delta)

    def repeat(self) -> Any:
        """Give what the ledger and the bucket hold, to be compared."""
        return self.story(), self.versioning(), self.tags()


def forget() -> None:
    """Let every entry point start cold."""
    clients.forget()
    for module in (judge, planner, remediator):
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and getattr(value, "__module__", "") == module.__name__:
                value.cache_clear()


def furnish(
    ledger: Ledger, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    *, catalogued: bool = False,
) -> House:  # fmt: skip
    """Stand the house up, with the catalogue's controls, or with the one whose remedy takes two calls."""
    catalogue.controls_of.cache_clear()
    catalogue.events_of.cache_clear()
    if not catalogued:
        monkeypatch.setattr(catalogue, "every_control", lambda: {OWNED.id: OWNED})
    monkeypatch.setattr(execution, "PAUSES_SECONDS", (0.0, 0.0))
    shipped = tmp_path / "governance.json"
    settings = RemediationSettings.environment(
        account=ACCOUNT, region=REGION, remediator_role=ROLE, own_buckets="holdfast-state,holdfast-quarantine"
    )
    told = LedgerSettings.environment(ledger_table=TABLE, actor="test", manifest=shipped)
    for name, value in {**settings, **told}.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": REGION})
    house = House(ledger, queued, shipped, monkeypatch, s3)
    house.govern("auto")
    return house


def calls_of(entry: Entry) -> list[tuple[str, str]]:
    """Give the calls of a plan as (operation, arguments)."""
    return [(call["operation"], json.dumps(call["arguments"], sort_keys=True)) for call in entry.body["calls"]]
