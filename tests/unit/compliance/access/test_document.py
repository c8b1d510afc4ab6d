import json
from typing import Any

import pytest

from holdfast.compliance.access.document import parse
from holdfast.compliance.facts import UnknownFactError
from holdfast.compliance.partial import Unresolved, guarded
from holdfast.shared.errors import ContractError
from tests.unit.compliance.access.policies import OPEN, read


def test_one_statement_may_stand_without_a_list() -> None:
    [alone] = parse(json.dumps({"Statement": OPEN}))
    [listed] = parse(json.dumps({"Statement": [OPEN]}))
    assert alone.actions == listed.actions == ("s3:getobject",)


def test_a_policy_may_come_as_text_or_as_an_object() -> None:
    document = {"Statement": [OPEN]}
    assert parse(document)[0].principals == parse(json.dumps(document))[0].principals


@pytest.mark.parametrize(
    ("written", "principals"),
    [
        ({"Principal": "*"}, (("aws", "*"),)),
        ({"Principal": ["*"]}, (("aws", "*"),)),
        ({"Principal": {"AWS": "123456789012"}}, (("aws", "123456789012"),)),
        ({"Principal": {"AWS": ["1", "2"], "Service": "a"}}, (("aws", "1"), ("aws", "2"), ("service", "a"))),
        ({"Principal": {"CanonicalUser": "79a5"}}, (("canonicaluser", "79a5"),)),
        ({"NotPrincipal": {"AWS": "1"}}, (("aws", "1"),)),
    ],
)
def test_every_form_of_principal_is_read(written: dict[str, Any], principals: object) -> None:
    [statement] = read({"Effect": "Deny", **written})
    assert statement.principals == principals
    assert statement.spares is ("NotPrincipal" in written)


def test_who_lets_in_and_names_nobody_lets_in_everyone_and_who_keeps_out_keeps_out_no_one() -> None:
    allowing, denying = read({"Effect": "Allow"}, {"Effect": "Deny"})
    assert (allowing.principals, allowing.actions) == ((("aws", "*"),), ("*",))
    assert (denying.principals, denying.actions) == ((), ())


@pytest.mark.parametrize(
    ("operator", "bare", "quantifier", "if_exists"),
    [
        ("StringEquals", "stringequals", "", False),
        ("StringEqualsIfExists", "stringequals", "", True),
        ("ForAnyValue:StringLike", "stringlike", "foranyvalue", False),
        ("ForAllValues:ArnNotLikeIfExists", "arnnotlike", "forallvalues", True),
        ("Null", "null", "", False),
    ],
)
def test_an_operator_is_told_from_what_is_put_around_it(
    operator: str, bare: str, quantifier: str, if_exists: bool
) -> None:
    [statement] = read({"Effect": "Deny", "Condition": {operator: {"aws:SourceVpc": "vpc-1"}}})
    [condition] = statement.conditions
    assert (condition.operator, condition.quantifier, condition.if_exists) == (bare, quantifier, if_exists)
    assert condition.key == "aws:sourcevpc"


@pytest.mark.parametrize("written", [True, "true", ["true"], [True]])
def test_a_boolean_may_be_written_as_text(written: object) -> None:
    [statement] = read({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": written}}})
    assert statement.conditions[0].values == ("true",)


def test_all_partitions_are_spelt_alike() -> None:
    spelt = {
        read({"Effect": "Deny", "Resource": f"arn:{partition}:s3:::data"})[0].resources
        for partition in ("aws", "aws-cn", "aws-us-gov", "aws-iso-b")
    }
    assert spelt == {("arn:aws:s3:::data",)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Statement": null}',
        '{"Statement": ["x"]}',
        '{"Statement": {}}',
        '{"Statement": NaN}',
        "[" * 100_000,
        '{"Statement": {"Effect": "allow"}}',
        '{"Statement": {"Effect": "Allow", "Condition": {"Bool": []}}}',
        '{"Statement": {"Effect": "Allow", "Condition": "never"}}',
        '{"Statement": {"Effect": "Allow", "Action": {"a": 1}}}',
        '{"Statement": {"Effect": "Allow", "Principal": {"AWS": [["*"]]}}}',
        '{"Statement": {"Effect": "Deny", "Effect": "Allow"}}',
        '{"Statement": {"Effect": "Allow", "Condition": {"Bool": {"a": "b"}, "Bool": {"c": "d"}}}}',
        '{"Statement": {"Effect": "Allow", "Resource": "' + "*a" * 2000 + '"}}',
    ],
)
def test_what_is_no_policy_is_refused_not_judged(text: str) -> None:
    with pytest.raises(ContractError):
        parse(text)


def test_a_key_that_stands_twice_is_named() -> None:
    with pytest.raises(ContractError, match="'Effect' twice"):
        parse('{"Statement": {"Effect": "Deny", "Effect": "Allow"}}')


def test_an_unknown_part_is_in_the_way_only_when_it_is_looked_at() -> None:
    role = Unresolved("the role is not known")
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": role}, "Action": "s3:*"}, Unresolved("if")]}
    known, unknown = parse(guarded(policy, UnknownFactError))
    assert known.actions == ("s3:*",)
    with pytest.raises(UnknownFactError, match="the role is not known"):
        _ = known.principals
    with pytest.raises(UnknownFactError, match="if"):
        _ = unknown.allows
