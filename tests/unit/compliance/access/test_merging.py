import json
from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.compliance.access.merging import MOST_BYTES, Merged, with_statement
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.s3 import POLICY
from holdfast.compliance.resource import Resource
from holdfast.shared.errors import ContractError
from tests.unit.compliance.access.closed import OPEN, closed

NEW = {"Sid": "New", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def merged(before: str | None) -> Merged:
    facts = closed({POLICY: {} if before is None else {"Policy": before}})
    resource = Resource("s3_bucket", "training-data", "123456789012")
    return with_statement(
        Facts(resource, facts, now=datetime(2026, 3, 2, 12, tzinfo=UTC), parameters=Parameters()), NEW
    )


def after(**document: Any) -> Any:
    return json.loads(merged(json.dumps(document)).text)


def test_all_else_stays_as_it_was() -> None:
    found = after(Version="2008-10-17", Id="é", Statement=[OPEN])
    assert found == {"Version": "2008-10-17", "Id": "é", "Statement": [OPEN, NEW]}


def test_a_statement_without_a_list_becomes_the_first_of_one() -> None:
    assert after(Statement=OPEN)["Statement"] == [OPEN, NEW]


def test_a_name_that_is_taken_is_numbered() -> None:
    taken = [{**OPEN, "Sid": "New"}, {**OPEN, "Sid": "New2"}]
    assert after(Statement=taken)["Statement"][-1]["Sid"] == "New3"


def test_without_a_policy_there_is_one_of_the_new_statement() -> None:
    assert json.loads(merged(None).text) == {"Version": "2012-10-17", "Statement": [NEW]}


def test_a_policy_that_would_be_too_long_is_not_written() -> None:
    full = [{**OPEN, "Sid": f"a{number}", "Resource": "x" * 1000} for number in range(20)]
    found = merged(json.dumps({"Statement": full}))
    assert found.text == ""
    assert str(MOST_BYTES) in (found.trouble or "")


def test_what_is_no_policy_is_left_alone() -> None:
    with pytest.raises(ContractError):
        merged("{}")
