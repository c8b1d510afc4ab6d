"""Documents that stand for resources which have none of their own."""

import pytest

from holdfast_console.replay.iam import Policy, Principal, Request, evaluate
from holdfast_console.replay.wiring import default_key_policy, permission_document

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:Judge"
RULE = "arn:aws:events:eu-west-1:123456789012:rule/Batches"


@pytest.mark.parametrize(
    ("service", "source", "account", "allowed"),
    [
        ("events.amazonaws.com", RULE, "123456789012", True),
        ("s3.amazonaws.com", RULE, "123456789012", False),
        ("events.amazonaws.com", f"{RULE}2", "123456789012", False),
        ("events.amazonaws.com", RULE, "999999999999", False),
    ],
)
def test_a_lambda_permission_admits_whom_it_names(service: str, source: str, account: str, allowed: bool) -> None:
    document = permission_document(
        FUNCTION, principal="events.amazonaws.com", source_arn=RULE, source_account="123456789012"
    )
    policy = Policy.parse(document, names_principals=True)
    context = {"aws:SourceArn": source, "aws:SourceAccount": account}
    request = Request(Principal.service(service), "lambda:InvokeFunction", FUNCTION, context)
    assert evaluate(request, resource=[policy]).allowed is allowed


def test_a_lambda_permission_may_name_a_role() -> None:
    role = "arn:aws:iam::123456789012:role/Caller"
    policy = Policy.parse(permission_document(FUNCTION, principal=role), names_principals=True)
    assert evaluate(Request(Principal.role(role), "lambda:InvokeFunction", FUNCTION), resource=[policy]).allowed


def test_a_key_without_a_policy_leaves_it_to_its_account() -> None:
    role = Principal.role("arn:aws:iam::123456789012:role/Judge")
    key = Policy.parse(default_key_policy("123456789012"), names_principals=True)
    use = Request(role, "kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/1")
    own = Policy.parse({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}})
    assert evaluate(use, identity=[own], resource=[key]).allowed
    assert not evaluate(use, resource=[key]).allowed
