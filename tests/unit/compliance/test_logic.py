import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from holdfast.compliance import controls
from holdfast.compliance.contract import BucketChanged
from holdfast.compliance.control import Control, Fact, Readings, Unread
from holdfast.compliance.logic import FOLD, BucketState, decide, evolve, ignored, judge, outcome_of
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.catalogue import discover

CATALOGUE = tuple(discover(controls, Control).values())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
KMS = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}


def sound(**changed: Fact | Unread) -> Readings:
    return {
        "bucket": {"Name": "data"},
        "get_bucket_versioning": {"Status": "Enabled"},
        "get_bucket_logging": {"LoggingEnabled": {"TargetBucket": "logs"}},
        "get_bucket_lifecycle_configuration": {"Rules": [{"Status": "Enabled"}]},
        "get_bucket_encryption": {"ServerSideEncryptionConfiguration": KMS},
        "get_public_access_block": {"PublicAccessBlockConfiguration": ALL_ON},
        "account_get_public_access_block": {},
        "get_bucket_ownership_controls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        "get_bucket_acl": {"Grants": []},
        "get_bucket_policy": {"Policy": json.dumps({"Statement": [TLS]})},
        **changed,
    }


BROKEN = sound(get_bucket_versioning={})


def decided(state: BucketState, readings: Readings | None) -> Decision | None:
    return decide(state, bucket="data", readings=readings, controls=CATALOGUE)


def recorded(state: BucketState, readings: Readings | None) -> tuple[BucketState, Decision]:
    decision = decided(state, readings)
    assert decision is not None
    entry: Entry = append(
        decision,
        stream="compliance#data",
        after=Link(state.sequence),
        author=Author("judge", "manifest"),
        cause=Cause("event", "event"),
        now=NOON,
    )
    return evolve(state, entry), decision


def body(decision: Decision) -> dict[str, Any]:
    return decision.body.model_dump(mode="json")


def test_a_bucket_in_order_passes_every_control() -> None:
    _, decision = recorded(BucketState(), sound())
    assert decision.outcome == "pass"
    assert decision.reason == "all 8 controls hold"
    assert {finding["control"] for finding in body(decision)["findings"]} == {control.id for control in CATALOGUE}


def test_a_failure_says_which_control_and_why() -> None:
    _, decision = recorded(BucketState(), BROKEN)
    assert decision.outcome == "fail"
    assert decision.reason == "versioning_enabled: versioning is never set"


def test_an_answer_equal_to_the_state_writes_nothing() -> None:
    state, _ = recorded(BucketState(), BROKEN)
    assert decided(state, BROKEN) is None


def test_only_what_changed_is_named_as_changed() -> None:
    state, first = recorded(BucketState(), sound())
    assert len(body(first)["changed"]) == len(CATALOGUE)
    _, second = recorded(state, BROKEN)
    assert body(second)["changed"] == ["versioning_enabled"]


def test_another_reason_for_the_same_verdict_is_news() -> None:
    state, _ = recorded(BucketState(), BROKEN)
    _, decision = recorded(state, sound(get_bucket_versioning={"Status": "Suspended"}))
    assert body(decision)["changed"] == ["versioning_enabled"]


def test_fail_pass_fail_are_three_decisions() -> None:
    state, decisions = BucketState(), []
    for readings in (BROKEN, sound(), BROKEN):
        state, decision = recorded(state, readings)
        decisions.append(decision)
    assert [decision.outcome for decision in decisions] == ["fail", "pass", "fail"]
    assert len({decision.id for decision in decisions}) == 3


def test_the_same_answer_from_the_same_state_is_one_decision_whatever_brought_it() -> None:
    first, second = decided(BucketState(), BROKEN), decided(BucketState(), BROKEN)
    assert first is not None
    assert second is not None
    assert first.id == second.id


def test_two_answers_from_one_state_are_two_decisions_so_that_neither_hides_the_other() -> None:
    first, second = decided(BucketState(), BROKEN), decided(BucketState(), sound())
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_what_could_not_be_read_is_unknown_for_the_controls_that_need_it_alone() -> None:
    denied = Unread("could not be read: s3:GetBucketPolicy is denied")
    found = {finding.control: finding for finding in judge(sound(get_bucket_policy=denied), CATALOGUE)}
    unknown = {name for name, finding in found.items() if finding.verdict == "unknown"}
    assert unknown == {
        control.id for control in CATALOGUE if "get_bucket_policy" in {read.fact for read in control.reads}
    }
    assert found["tls_only"].reason == denied.reason
    assert outcome_of(tuple(found.values())) == "unknown"


def test_a_policy_that_cannot_be_read_is_unknown_and_no_crash() -> None:
    for text in (
        "{",
        "[]",
        '{"Statement": [{"Effect": "Perhaps"}]}',
        '{"Statement": {"Effect": "Allow", "Condition": 3}}',
    ):
        found = {
            finding.control: finding.verdict for finding in judge(sound(get_bucket_policy={"Policy": text}), CATALOGUE)
        }
        assert found["tls_only"] == "unknown"


def test_a_failure_outweighs_an_unknown() -> None:
    readings = sound(get_bucket_policy=Unread("denied"), get_bucket_versioning={})
    assert outcome_of(judge(readings, CATALOGUE)) == "fail"


def test_a_bucket_that_is_gone_closes_its_findings_once() -> None:
    state, _ = recorded(BucketState(), BROKEN)
    state, decision = recorded(state, None)
    assert (decision.outcome, body(decision)["findings"]) == ("deleted", [])
    assert len(body(decision)["changed"]) == len(CATALOGUE)
    assert decided(state, None) is None


def test_a_bucket_never_judged_and_gone_is_not_worth_an_entry() -> None:
    assert decided(BucketState(), None) is None


def test_a_name_that_returns_is_judged_anew() -> None:
    state, first = recorded(BucketState(), BROKEN)
    state, _ = recorded(state, None)
    _, again = recorded(state, BROKEN)
    assert again.outcome == "fail"
    assert again.id != first.id


def test_the_state_follows_the_entries_and_no_others() -> None:
    state, decision = recorded(BucketState(), BROKEN)
    assert (state.sequence, state.outcome) == (1, "fail")
    assert FOLD.state() == BucketState()
    entry = append(
        decision,
        stream="compliance#data",
        after=Link(),
        author=Author("judge", "manifest"),
        cause=Cause("event", "event"),
        now=NOON,
    )
    assert evolve(state, entry.model_copy(update={"kind": "Something Else"})) == state


def event(**detail: Any) -> BucketChanged:
    told = {"eventName": "PutBucketPolicy", "requestParameters": {"bucketName": "data"}, **detail}
    return BucketChanged.receive({"id": "event", "account": "123456789012", "detail": told})


def why(changed: BucketChanged, account: str | None = "123456789012") -> str | None:
    return ignored(changed, account=account, watches=lambda bucket: bucket != "unwatched")


def test_a_change_of_a_watched_bucket_is_no_event_to_ignore() -> None:
    assert why(event()) is None
    assert why(event(readOnly=False)) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (event(errorCode="AccessDenied"), "the call failed (AccessDenied): nothing changed"),
        (event(readOnly=True), "PutBucketPolicy only reads"),
        (event(readOnly="true"), "PutBucketPolicy only reads"),
        (event(eventName="GetBucketPolicy"), "GetBucketPolicy only reads"),
        (event(eventName="HeadBucket"), "HeadBucket only reads"),
        (event(eventName="PutObject"), "PutObject changes no bucket's configuration"),
        (event(eventName="DeleteObjects"), "DeleteObjects changes no bucket's configuration"),
        (
            event(requestParameters={"bucketName": "unwatched"}),
            "bucket unwatched is not governed and not in scope",
        ),
    ],
)
def test_what_is_no_reason_to_look_is_ignored_with_its_reason(changed: BucketChanged, reason: str) -> None:
    assert why(changed) == reason


def test_an_event_of_another_account_is_not_ours_to_act_on() -> None:
    assert why(event(), account="210987654321") == "of account 123456789012, not of ours"


def test_a_change_that_names_no_bucket_is_not_ignored() -> None:
    assert why(event(requestParameters={"bucketName": ""})) is None
    assert why(event(requestParameters=None)) is None


def test_verdicts_do_not_depend_on_the_order_of_the_controls() -> None:
    for left, right in pairwise((CATALOGUE, CATALOGUE[::-1], CATALOGUE[3:] + CATALOGUE[:3])):
        assert set(judge(BROKEN, left)) == set(judge(BROKEN, right))
