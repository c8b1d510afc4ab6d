from datetime import UTC, datetime
from typing import Any

import pytest

from holdfast.compliance.access.blocks import SETTINGS
from holdfast.compliance.controls.public_access_block import CONTROL, Excluded
from holdfast.compliance.facts import Facts
from holdfast.compliance.reads.s3 import ACCOUNT_BLOCK, BLOCK
from holdfast.compliance.remedy import Remedy
from holdfast.compliance.resource import Resource
from tests.unit.compliance.access.closed import block
from tests.unit.compliance.look import look

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def proposed(before: dict[str, Any]) -> Remedy:
    assert CONTROL.remediation is not None
    bucket = Resource("s3_bucket", "training-data", "123456789012")
    found = CONTROL.remediation.propose(Facts(bucket, {BLOCK: before}, now=NOON, parameters=Excluded()))
    assert isinstance(found, Remedy)
    return found


def test_four_settings_comply() -> None:
    assert look(CONTROL, {BLOCK: block(*SETTINGS)}) == ("pass", CONTROL.title)


@pytest.mark.parametrize("off", SETTINGS)
def test_each_setting_counts_and_is_named(off: str) -> None:
    found = look(CONTROL, {BLOCK: block(*(setting for setting in SETTINGS if setting != off))})
    assert found == ("fail", f"public access block: {off} off")


def test_no_block_at_all_is_said_so() -> None:
    assert look(CONTROL, {BLOCK: {}}) == ("fail", "the bucket has no public access block")


def test_the_accounts_block_does_not_count() -> None:
    assert look(CONTROL, {BLOCK: {}, ACCOUNT_BLOCK: block(*SETTINGS)})[0] == "fail"


@pytest.mark.parametrize("given", ["website, training-data", ["training-data"]])
def test_a_bucket_that_is_public_on_purpose_is_left_alone(given: object) -> None:
    assert look(CONTROL, {BLOCK: {}}, excludedPublicBuckets=given)[0] == "not_applicable"
    assert look(CONTROL, {BLOCK: {}}, excludedPublicBuckets="website")[0] == "fail"


def test_the_remedy_turns_everything_on_and_can_bring_back_what_was() -> None:
    remedy = proposed(block("BlockPublicAcls"))
    [step], [back] = remedy.apply, remedy.undo
    assert step.operation == back.operation == "put_public_access_block"
    assert step.arguments == block(*SETTINGS)
    assert back.arguments == block("BlockPublicAcls")
    assert "RestrictPublicBuckets" in remedy.does


def test_where_there_was_no_block_undoing_takes_it_away() -> None:
    [back] = proposed({}).undo
    assert (back.operation, back.arguments) == ("delete_public_access_block", {})
