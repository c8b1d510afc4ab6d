import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.compliance import catalogue
from holdfast.compliance.contract import Finding, RecordedCall
from holdfast.compliance.control import Control
from holdfast.compliance.entries import FOLD, ResourceState, evolve
from holdfast.compliance.facts import Fact, Read, Unread
from holdfast.compliance.logic import decide, ignored, judge, outcome_of, rejudged, touched
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import BLOCK, LIFECYCLE, POLICY, VERSIONING
from holdfast.compliance.resource import Resource
from holdfast.ledger.contract import Cause, Decision, Entry
from holdfast.ledger.logic import Author, Link, append
from holdfast.shared.errors import ContractError
from tests.unit.compliance.look import ACCOUNT, NOON

BUCKET = Resource("s3_bucket", "data", ACCOUNT)
TYPE = "AWS::S3::Bucket"
KINDS = tuple(catalogue.every_kind().values())
FOUR = ("lifecycle", "public_access_block", "tls_only", "versioning_enabled")
ALL_ON = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
Readings = Mapping[Read, Fact | Unread]


@dataclass(frozen=True)
class Chosen:
    """A few controls as rules, some of them waived."""

    names: tuple[str, ...] = FOUR
    waived: Mapping[str, str] = field(default_factory=dict)

    def controls(self, resource: Resource) -> Iterable[Control]:
        """Give the chosen ones."""
        return [catalogue.every_control()[name] for name in self.names]

    def parameters(self, control: Control, resource: Resource) -> Parameters:
        """Give the defaults."""
        return control.parameters.read({}, of=control.id)

    def waiver(self, control: Control, resource: Resource, *, now: datetime) -> str | None:
        """Give the permission, if there is one."""
        return self.waived.get(control.id)


def sound(changed: Readings | None = None) -> Readings:
    return {
        VERSIONING: {"Status": "Enabled"},
        LIFECYCLE: {"Rules": [{"Status": "Enabled"}]},
        BLOCK: {"PublicAccessBlockConfiguration": ALL_ON},
        POLICY: {"Policy": json.dumps({"Statement": [TLS]})},
        **(changed or {}),
    }


BROKEN = sound({VERSIONING: {}})
DENIED = Unread("could not be read: s3:GetBucketPolicy is denied")


def found(readings: Readings, rules: Chosen | None = None) -> tuple[Finding, ...]:
    return judge(BUCKET, readings, rules or Chosen(), now=NOON)


def verdicts(readings: Readings, rules: Chosen | None = None) -> dict[str, str]:
    return {finding.control: finding.verdict for finding in found(readings, rules)}


def decided(state: ResourceState, readings: Readings | None, rules: Chosen | None = None) -> Decision | None:
    findings = None if readings is None else found(readings, rules)
    return decide(state, resource=BUCKET, findings=findings, type_name=TYPE)


def recorded(
    state: ResourceState, readings: Readings | None, rules: Chosen | None = None
) -> tuple[ResourceState, Decision]:
    decision = decided(state, readings, rules)
    assert decision is not None
    return evolve(state, entry_of(decision, state.sequence)), decision


def entry_of(decision: Decision, sequence: int) -> Entry:
    cause, author = Cause("event", "event"), Author("judge", "manifest")
    return append(decision, stream=BUCKET.stream, after=Link(sequence), author=author, cause=cause, now=NOON)


def body(decision: Decision) -> dict[str, Any]:
    return decision.body.model_dump(mode="json")


def test_a_resource_in_order_passes_every_control() -> None:
    _, decision = recorded(ResourceState(), sound())
    assert (decision.outcome, decision.reason) == ("pass", "all 4 controls hold")
    assert {finding["control"] for finding in body(decision)["findings"]} == set(FOUR)


def test_an_entry_says_which_resource_it_is_of() -> None:
    _, decision = recorded(ResourceState(), sound())
    said = body(decision)
    assert decision.subject == "s3_bucket/data"
    assert (said["resource_kind"], said["resource_type"], said["resource"]) == ("s3_bucket", TYPE, "data")
    assert (said["account"], said["region"]) == (ACCOUNT, "us-east-1")


def test_a_finding_names_the_ids_that_others_know_the_control_by() -> None:
    [finding] = found(sound(), Chosen(("versioning_enabled",)))
    assert {"FSBP S3.14", "Config s3-bucket-versioning-enabled"} <= set(finding.references)
    assert finding.severity == "low"


def test_a_failure_says_which_control_and_why() -> None:
    _, decision = recorded(ResourceState(), BROKEN)
    assert (decision.outcome, decision.reason) == ("fail", "versioning_enabled: versioning is never set")


def test_an_answer_equal_to_the_state_writes_nothing() -> None:
    state, _ = recorded(ResourceState(), BROKEN)
    assert decided(state, BROKEN) is None


def test_only_what_changed_is_named_as_changed() -> None:
    state, first = recorded(ResourceState(), sound())
    assert body(first)["changed"] == sorted(FOUR)
    _, second = recorded(state, BROKEN)
    assert body(second)["changed"] == ["versioning_enabled"]


def test_another_reason_for_the_same_verdict_is_news() -> None:
    state, _ = recorded(ResourceState(), BROKEN)
    _, decision = recorded(state, sound({VERSIONING: {"Status": "Suspended"}}))
    assert body(decision)["changed"] == ["versioning_enabled"]


def test_fail_pass_fail_are_three_decisions() -> None:
    state, decisions = ResourceState(), []
    for readings in (BROKEN, sound(), BROKEN):
        state, decision = recorded(state, readings)
        decisions.append(decision)
    assert [decision.outcome for decision in decisions] == ["fail", "pass", "fail"]
    assert len({decision.id for decision in decisions}) == 3


def test_the_same_answer_from_the_same_state_is_one_decision_whatever_brought_it() -> None:
    first, second = decided(ResourceState(), BROKEN), decided(ResourceState(), BROKEN)
    assert first is not None
    assert second is not None
    assert first.id == second.id


def test_two_answers_from_one_state_are_two_decisions_so_that_neither_hides_the_other() -> None:
    first, second = decided(ResourceState(), BROKEN), decided(ResourceState(), sound())
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_what_could_not_be_read_is_unknown_for_the_controls_that_need_it_alone() -> None:
    findings = {finding.control: finding for finding in found(sound({POLICY: DENIED}))}
    assert {name for name, finding in findings.items() if finding.verdict == "unknown"} == {"tls_only"}
    assert findings["tls_only"].reason == DENIED.reason
    assert outcome_of(tuple(findings.values())) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"Statement": [{"Effect": "Perhaps"}]}',
        '{"Statement": {"Effect": "Allow", "Condition": 3}}',
    ],
)
def test_a_policy_that_cannot_be_read_is_unknown_and_no_crash(text: str) -> None:
    assert verdicts(sound({POLICY: {"Policy": text}}))["tls_only"] == "unknown"


@given(st.sets(st.sampled_from(list(sound()))))
def test_nothing_unread_ever_passes(lost: set[Read]) -> None:
    readings = sound(dict.fromkeys(lost, DENIED))
    for name, verdict in verdicts(readings).items():
        unread = lost.intersection(catalogue.every_control()[name].reads)
        assert verdict == ("unknown" if unread else "pass"), name


def test_a_failure_outweighs_an_unknown() -> None:
    assert outcome_of(found(sound({POLICY: DENIED, VERSIONING: {}}))) == "fail"


def test_a_control_that_has_nothing_to_say_does_not_fail_the_resource() -> None:
    rules = Chosen(("versioned_needs_lifecycle",))
    state, decision = recorded(ResourceState(), sound({VERSIONING: {}}), rules)
    assert decision.outcome == "pass"
    assert state.findings["versioned_needs_lifecycle"] == ("not_applicable", "versioning is not enabled")


def test_what_may_fail_is_waived_and_says_by_what_permission() -> None:
    rules = Chosen(waived={"versioning_enabled": "waived by ml until 2026-06-30", "tls_only": "waived too"})
    _, decision = recorded(ResourceState(), BROKEN, rules)
    assert (decision.outcome, decision.reason) == ("pass", "all 4 controls hold, 1 of them waived")
    findings = {finding["control"]: finding for finding in body(decision)["findings"]}
    assert findings["versioning_enabled"]["verdict"] == "waived"
    assert findings["versioning_enabled"]["reason"] == "waived by ml until 2026-06-30: versioning is never set"
    assert findings["tls_only"]["verdict"] == "pass"


def test_what_could_not_be_read_is_not_waived() -> None:
    assert verdicts(sound({POLICY: DENIED}), Chosen(waived={"tls_only": "waived"}))["tls_only"] == "unknown"


def test_a_waiver_that_ends_is_news() -> None:
    state, _ = recorded(ResourceState(), BROKEN, Chosen(waived={"versioning_enabled": "waived by ml"}))
    _, decision = recorded(state, BROKEN)
    assert (decision.outcome, body(decision)["changed"]) == ("fail", ["versioning_enabled"])


def test_a_reason_fits_the_record() -> None:
    [finding] = found(sound({POLICY: Unread("x" * 400)}), Chosen(("tls_only",)))
    assert finding.reason == "x" * 300


def test_a_resource_that_is_gone_closes_its_findings_once() -> None:
    state, _ = recorded(ResourceState(), BROKEN)
    state, decision = recorded(state, None)
    assert (decision.outcome, body(decision)["findings"]) == ("deleted", [])
    assert body(decision)["changed"] == sorted(FOUR)
    assert decided(state, None) is None


def test_a_resource_never_judged_and_gone_is_not_worth_an_entry() -> None:
    assert decided(ResourceState(), None) is None


def test_a_name_that_returns_is_judged_anew() -> None:
    state, first = recorded(ResourceState(), BROKEN)
    state, _ = recorded(state, None)
    _, again = recorded(state, BROKEN)
    assert again.outcome == "fail"
    assert again.id != first.id


def test_the_state_follows_the_entries_and_no_others() -> None:
    state, decision = recorded(ResourceState(), BROKEN)
    assert (state.sequence, state.outcome) == (1, "fail")
    assert FOLD.state() == ResourceState()
    assert evolve(state, entry_of(decision, 0).model_copy(update={"kind": "Something Else"})) == state


def test_verdicts_do_not_depend_on_the_order_of_the_controls() -> None:
    assert set(found(BROKEN)) == set(found(BROKEN, Chosen(FOUR[::-1])))


def call(source: str | None = "aws.s3", **detail: Any) -> RecordedCall:
    told = {"eventName": "PutBucketPolicy", "requestParameters": {"bucketName": "data"}, **detail}
    return RecordedCall.receive({"id": "event", "source": source, "account": ACCOUNT, "detail": told})


def why(changed: RecordedCall, account: str | None = ACCOUNT) -> str | None:
    return ignored(changed, account=account, kinds=KINDS)


def names(changed: RecordedCall) -> list[tuple[str, str]]:
    return [(kind.id, name) for kind, name in touched(changed, KINDS)]


@pytest.mark.parametrize("changed", [call(), call(readOnly=False), call(readOnly="false")])
def test_a_change_is_no_event_to_ignore(changed: RecordedCall) -> None:
    assert why(changed) is None
    assert names(changed) == [("s3_bucket", "data")]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (call(errorCode="AccessDenied"), "the call failed (AccessDenied): nothing changed"),
        (call(readOnly=True), "PutBucketPolicy only reads"),
        (call(readOnly="true"), "PutBucketPolicy only reads"),
        (call(eventName="GetBucketPolicy"), "GetBucketPolicy only reads"),
        (call(eventName="HeadBucket"), "HeadBucket only reads"),
        (call(eventName="PutObject"), "PutObject changes nothing that a control judges"),
        (call(eventName="DeleteObjects"), "DeleteObjects changes nothing that a control judges"),
    ],
)
def test_what_is_no_reason_to_look_is_ignored_with_its_reason(changed: RecordedCall, reason: str) -> None:
    assert why(changed) == reason


def test_an_event_of_another_account_is_not_ours_to_act_on() -> None:
    assert why(call(), account="210987654321") == f"of account {ACCOUNT}, not of ours"


@pytest.mark.parametrize("parameters", [None, {}, {"bucketName": ""}, {"bucketName": 3}, "data"])
def test_a_change_that_names_nothing_is_not_ignored_but_refused(parameters: object) -> None:
    changed = call(requestParameters=parameters)
    assert why(changed) is None
    with pytest.raises(
        ContractError, match=r"PutBucketPolicy names no resource: detail\.requestParameters\.bucketName"
    ):
        names(changed)


def test_a_call_of_another_service_by_the_same_name_touches_nothing_of_ours() -> None:
    changed = call("aws.other", eventName="CreateBucket")
    with pytest.raises(ContractError):
        names(changed)


def test_the_accounts_block_is_the_accounts_and_makes_every_bucket_worth_a_look() -> None:
    changed = call(eventName="PutAccountPublicAccessBlock", requestParameters={}, recipientAccountId=ACCOUNT)
    assert names(changed) == [("aws_account", ACCOUNT)]
    assert rejudged(changed, KINDS) == {"s3_bucket"}


def test_a_buckets_own_block_is_the_buckets_alone() -> None:
    changed = call(eventName="PutPublicAccessBlock", recipientAccountId=ACCOUNT)
    assert names(changed) == [("s3_bucket", "data")]
    assert rejudged(changed, KINDS) == frozenset()


@pytest.mark.parametrize("name", ["CreateTrail", "StopLogging", "PutEventSelectors"])
def test_a_change_of_a_trail_makes_the_account_worth_a_look(name: str) -> None:
    changed = call("aws.cloudtrail", eventName=name, requestParameters={"name": "audit"}, recipientAccountId=ACCOUNT)
    assert names(changed) == [("aws_account", ACCOUNT)]
