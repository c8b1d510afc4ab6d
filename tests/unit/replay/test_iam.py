"""Decisions as the IAM user guide's "Policy evaluation logic" and the KMS guide's "Key policies" describe them."""

from typing import Any

import pytest

from holdfast.shared.errors import ConfigurationError
from holdfast_console.replay.iam import Decision, Grant, Policy, Principal, Request, evaluate

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/holdfast/Judge"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OBJECT = "arn:aws:s3:::ml-data/batches/2012-07.parquet"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:batches"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1111"
RULE = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/Batches"


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*"} | elements


def own(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Version": "2012-10-17", "Statement": list(statements)}, name="Own", owner=ROLE)


def attached(*statements: dict[str, Any]) -> Policy:
    return Policy.parse({"Statement": list(statements)}, name="Attached", owner="resource", names_principals=True)


def ask(action: str = "s3:GetObject", resource: str = OBJECT, **context: str) -> Request:
    known = {key.replace("__", ":"): value for key, value in context.items()}
    return Request(Principal.role(ROLE), action, resource, known)


def delivery(action: str, resource: str, *, source: str = RULE) -> Request:
    return Request(Principal.service("events.amazonaws.com"), action, resource, {"aws:SourceArn": source})


def test_nothing_is_allowed_that_is_not_granted() -> None:
    decision = evaluate(ask(), identity=[])
    assert decision == Decision(allowed=False, cause="its own policies: there is none")


@pytest.mark.parametrize(
    ("elements", "allowed"),
    [
        ({"Action": "s3:GetObject"}, True),
        ({"Action": "S3:getobject"}, True),
        ({"Action": ["s3:PutObject", "s3:Get*"]}, True),
        ({"Action": "s3:Get?bject"}, True),
        ({"Action": "*"}, True),
        ({"Action": "s3:GetObjectVersion"}, False),
        ({"Action": "s3:List*"}, False),
        ({"Resource": "arn:aws:s3:::ml-data/*"}, True),
        ({"Resource": ["arn:aws:s3:::other/*", OBJECT]}, True),
        ({"Resource": "arn:aws:s3:::ml-data"}, False),
        ({"Resource": "arn:aws:s3:::ml-data/BATCHES/*"}, False),
        ({"Resource": "arn:aws:s3:::ml-data/${aws:PrincipalAccount}/*"}, False),
    ],
)
def test_actions_ignore_case_and_both_take_wildcards(elements: dict[str, Any], allowed: bool) -> None:
    assert evaluate(ask(), identity=[own(statement(**elements))]).allowed is allowed


def test_inverted_elements_cover_all_else() -> None:
    not_action = {"Effect": "Allow", "NotAction": ["s3:Put*", "s3:Delete*"], "Resource": "*"}
    not_resource = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"}
    assert evaluate(ask(), identity=[own(not_action)]).allowed
    assert not evaluate(ask("s3:PutObject"), identity=[own(not_action)]).allowed
    assert evaluate(ask(), identity=[own(not_resource)]).allowed
    assert not evaluate(ask(resource="arn:aws:s3:::secret/x"), identity=[own(not_resource)]).allowed


def test_an_explicit_denial_wins_wherever_it_stands() -> None:
    allow = own(statement())
    denial = statement("Deny", Sid="NoPlainText", Condition={"Bool": {"aws:SecureTransport": "false"}})
    for policies in (
        {"identity": [allow, own(denial)]},
        {"identity": [allow], "resource": [attached(denial | {"Principal": "*"})]},
        {"identity": [allow], "resource": [attached(denial | {"Principal": {"AWS": ROOT}})]},
        {"identity": [allow], "boundary": own(statement(), denial)},
    ):
        assert evaluate(ask(aws__SecureTransport="true"), **policies).allowed
        refused = evaluate(ask(aws__SecureTransport="false"), **policies)
        assert not refused.allowed
        assert "denied by s3:GetObject (statement NoPlainText" in refused.cause


@pytest.mark.parametrize(
    ("principal", "same_account", "other_account"),
    [
        ({"AWS": ROLE}, True, True),
        ({"AWS": [ROLE, "arn:aws:iam::999999999999:root"]}, True, True),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/Judge/session"}, True, True),
        ("*", True, True),
        ({"AWS": "*"}, True, True),
        ({"AWS": ROOT}, False, True),
        ({"AWS": ACCOUNT}, False, True),
        ({"AWS": "arn:aws:iam::999999999999:root"}, False, False),
        ({"Service": "events.amazonaws.com"}, False, False),
        ({"Federated": "cognito-identity.amazonaws.com"}, False, False),
    ],
)
def test_a_resource_policy_grants_alone_only_to_whom_it_names(
    principal: Any, same_account: bool, other_account: bool
) -> None:
    """To name an account leaves it to that account's policies; from another account both sides must agree."""
    policy = attached(statement(Principal=principal))
    assert evaluate(ask(), resource=[policy]).allowed is same_account
    assert not evaluate(ask(), resource=[policy], same_account=False).allowed
    both = evaluate(ask(), identity=[own(statement())], resource=[policy], same_account=False)
    assert both.allowed is other_account


def test_a_key_policy_must_admit_the_role_or_leave_it_to_the_account() -> None:
    use = ask("kms:Decrypt", KEY)
    grant = own(statement(Action="kms:Decrypt", Resource=KEY))
    by_account = attached(statement(Action="kms:*", Principal={"AWS": ROOT}))
    assert not evaluate(use, identity=[grant]).allowed
    assert not evaluate(use, resource=[by_account]).allowed
    assert evaluate(use, identity=[grant], resource=[by_account]).granted_by == (
        Grant(ROLE, "Own", "0", "kms:Decrypt"),
        Grant("resource", "Attached", "0", "kms:*"),
    )
    assert evaluate(use, resource=[attached(statement(Action="kms:Decrypt", Principal={"AWS": ROLE}))]).allowed


def test_a_service_needs_the_resource_policy() -> None:
    policy = attached(
        statement(
            Action="sqs:SendMessage",
            Principal={"Service": "events.amazonaws.com"},
            Condition={"ArnEquals": {"aws:SourceArn": RULE}},
        )
    )
    everything = own(statement(Action="*"))
    assert evaluate(delivery("sqs:SendMessage", QUEUE), resource=[policy]).allowed
    assert not evaluate(delivery("sqs:SendMessage", QUEUE, source=f"{RULE}2"), resource=[policy]).allowed
    assert not evaluate(delivery("sqs:SendMessage", QUEUE), identity=[everything]).allowed
    by_account = attached(statement(Action="sqs:SendMessage", Principal={"AWS": ROOT}))
    assert not evaluate(delivery("sqs:SendMessage", QUEUE), resource=[by_account]).allowed


def test_a_boundary_limits_what_is_granted() -> None:
    boundary = own(statement(Action="sqs:*"))
    assert "outside the permissions boundary" in evaluate(ask(), identity=[own(statement())], boundary=boundary).cause
    assert evaluate(ask(), identity=[own(statement())], boundary=own(statement(Action="s3:*"))).allowed
    assert not evaluate(ask(), identity=[], boundary=own(statement(Action="s3:*"))).allowed


def test_the_grants_that_were_needed_are_named_by_statement_and_action() -> None:
    policies = [own(statement(Sid="Read", Action=["s3:GetObject", "s3:ListBucket"]), statement(Action="s3:Put*"))]
    decision = evaluate(ask(), identity=policies)
    assert decision.granted_by == (Grant(ROLE, "Own", "Read", "s3:GetObject"),)
    assert [grant.action for policy in policies for grant in policy.grants()] == [
        "s3:GetObject",
        "s3:ListBucket",
        "s3:Put*",
    ]


@pytest.mark.parametrize(
    ("elements", "cause"),
    [
        ({"Action": "s3:ListBucket"}, "no statement allows the action"),
        ({"Resource": "arn:aws:s3:::other/*"}, "statement 0 of Own allows it only on arn:aws:s3:::other/*"),
        (
            {"Condition": {"StringEquals": {"aws:ResourceAccount": "1"}}},
            "statement 0 of Own allows it only if StringEquals aws:ResourceAccount 1",
        ),
    ],
)
def test_a_refusal_names_the_nearest_miss(elements: dict[str, Any], cause: str) -> None:
    unrelated = statement(Action="sqs:*")
    assert evaluate(ask(), identity=[own(statement(**elements), unrelated)]).cause == f"its own policies: {cause}"


def test_a_refused_service_learns_whom_the_policy_admits() -> None:
    policy = attached(statement(Action="sqs:SendMessage", Principal={"Service": "s3.amazonaws.com"}))
    cause = evaluate(delivery("sqs:SendMessage", QUEUE), resource=[policy]).cause
    assert cause == "the resource's policy: statement 0 of Attached admits only s3.amazonaws.com"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "Statement must be"),
        ({"Statement": ["text"]}, "must be an object"),
        ({"Statement": statement("allow")}, "Effect must be Allow or Deny"),
        ({"Statement": statement(NotAction="s3:*")}, "one of Action and NotAction"),
        ({"Statement": {"Effect": "Allow", "Action": "*"}}, "has Effect, Resource"),
        ({"Statement": statement(Principal="*")}, "otherwise only"),
        ({"Statement": statement(Actions="*")}, "got Action, Actions"),
        ({"Statement": statement(Resource={"Fn::GetAtt": ["Bucket", "Arn"]})}, "all intrinsics resolved"),
    ],
)
def test_a_malformed_policy_is_refused(document: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        Policy.parse(document, name="Broken", owner=ROLE)


@pytest.mark.parametrize("principal", [None, "me", {"Users": "*"}, {"AWS": {"Ref": "Role"}}])
def test_a_resource_policy_must_say_whom_it_means(principal: Any) -> None:
    named = statement() if principal is None else statement(Principal=principal)
    with pytest.raises(ConfigurationError, match="Principal"):
        attached(named)
    inverted = {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"}
    with pytest.raises(ConfigurationError, match="NotPrincipal"):
        attached(inverted)
