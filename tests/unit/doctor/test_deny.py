"""The statement that keeps readers from quarantined objects."""

from typing import Any

import pytest

from holdfast_console.doctor.deny import denies, merged, statement

OURS = statement("ml-data", ["in/"])
THEIRS: dict[str, Any] = {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def test_the_offered_statement_is_one_that_the_check_accepts() -> None:
    assert denies(merged(None, OURS), "ml-data", "in/")


def test_merging_keeps_every_other_statement_and_replaces_our_older_one() -> None:
    policy = merged({"Version": "2008-10-17", "Id": "mine", "Statement": THEIRS}, OURS)
    assert policy["Id"] == "mine"
    assert policy["Statement"] == [THEIRS, OURS]
    wider = statement("ml-data", ["in/", "out/"])
    assert merged(policy, wider)["Statement"] == [THEIRS, wider]


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:role/x"}},
        {"Action": "s3:GetObject"},
        {"Resource": "arn:aws:s3:::ml-data/elsewhere/*"},
        {"Condition": {"StringEquals": {"s3:ExistingObjectTag/holdfast": "checked"}}},
        {"Condition": {}},
    ],
    ids=lambda change: str(sorted(change)),
)
def test_a_statement_that_lets_some_read_is_not_it(change: dict[str, Any]) -> None:
    assert not denies({"Statement": [{**OURS, **change}]}, "ml-data", "in/")


@pytest.mark.parametrize(
    "change", [{"Action": "s3:Get*"}, {"Principal": {"AWS": "*"}}, {"Resource": ["arn:aws:s3:::ml-data/*"]}]
)
def test_a_wider_statement_is_it_too(change: dict[str, Any]) -> None:
    assert denies({"Statement": {**OURS, **change}}, "ml-data", "in/")


def test_a_bucket_without_policy_denies_nothing() -> None:
    assert not denies(None, "ml-data", "in/")
