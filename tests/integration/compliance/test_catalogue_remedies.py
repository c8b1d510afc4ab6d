"""Every remedy of the catalogue, from a failing bucket through the remediator and back by its undo."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.entries import FOLD as JUDGED
from holdfast_console.main import main
from tests.conftest import ACCOUNT, REGION, TABLE
from tests.integration.compliance.remedies import JUDGED as STREAM
from tests.integration.compliance.remedies import NAME, OURS, House, forget, furnish

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
PARAMETERS: dict[str, dict[str, Any]] = {
    "kms_encryption": {"kmsKeyArns": KEY},
    "access_logging": {"targetBucket": "access-logs"},
}
OFFERING = sorted(one.id for one in catalogue.every_control().values() if one.remediation is not None)
OTHERS = {"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
          "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{NAME}/*"}  # fmt: skip


@pytest.fixture
def house(
    ledger: Any, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Furnish a house with the catalogue, and a bucket that has nothing of what it should have."""
    house = furnish(ledger, queued, tmp_path, monkeypatch, catalogued=True)
    house.s3.delete_bucket_encryption(Bucket=NAME)
    house.s3.create_bucket(Bucket="access-logs", CreateBucketConfiguration={"LocationConstraint": REGION})
    delivery = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::access-logs/*"}  # fmt: skip
    house.s3.put_bucket_policy(Bucket="access-logs", Policy=json.dumps({"Statement": [delivery]}))
    yield house
    catalogue.controls_of.cache_clear()
    catalogue.events_of.cache_clear()
    forget()


def verdict(house: House, control: str) -> str:
    """Judge anew, and give one control's verdict."""
    house.judge(OURS)
    return house.ledger.state(STREAM, JUDGED).findings[control][0]


@pytest.mark.parametrize("control", OFFERING)
def test_what_a_control_offers_makes_the_bucket_comply_and_can_be_taken_back(house: House, control: str) -> None:
    rule = {"control": control, "enabled": True, "parameters": PARAMETERS.get(control, {})}
    house.govern({control: "auto"}, controls=[rule])
    assert verdict(house, control) == "fail"
    house.plan()
    plan = house.entries()[-1]
    assert plan.kind == "Remediation Planned", plan.reason
    assert house.remedy(plan) == []
    assert house.story()[-1] == ("Applied", "applied"), house.entries()[-1].reason
    assert verdict(house, control) == "pass"
    desk = ["--ledger-table", TABLE, "--manifest", str(house.shipped), "--yes"]
    assert main(["remediate", "undo", plan.decision_id, *desk]) == 0
    assert house.story()[-1] == ("Undone", "undone")
    assert verdict(house, control) == "fail"


def test_a_policy_is_merged_never_overwritten_and_comes_back_as_it_was(house: House) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [OTHERS]})
    house.s3.put_bucket_policy(Bucket=NAME, Policy=text)
    house.govern({"tls_only": "auto"})
    house.judge()
    house.plan()
    plan = house.entries()[-1]
    house.remedy(plan)
    merged = json.loads(house.s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    assert merged[0] == OTHERS
    assert [one["Effect"] for one in merged] == ["Allow", "Deny"]
    desk = ["--ledger-table", TABLE, "--manifest", str(house.shipped), "--yes"]
    assert main(["remediate", "undo", plan.decision_id, *desk]) == 0
    assert house.s3.get_bucket_policy(Bucket=NAME)["Policy"] == text


def test_a_statement_that_a_person_adds_between_plan_and_apply_is_not_lost(house: House) -> None:
    house.govern({"tls_only": "auto"})
    house.judge()
    house.plan()
    house.s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [OTHERS]}))
    house.remedy(house.entries()[-1])
    assert house.story()[-1] == ("Refused", "changed")
    house.plan(house.entries()[-1])
    house.remedy(house.entries()[-1])
    merged = json.loads(house.s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    assert OTHERS in merged
    assert verdict(house, "tls_only") == "pass"


def test_several_remedies_of_one_bucket_all_come_to_pass(house: House) -> None:
    modes = {"default": "off", "tls_only": "auto", "public_access_block": "auto", "lifecycle": "auto"}
    house.govern(modes)
    entries = house.judge()
    house.plan(*entries)
    heard: set[str] = set()
    while todo := [entry for entry in house.entries() if entry.decision_id not in heard]:
        heard |= {entry.decision_id for entry in todo}
        for entry in todo:
            assert (house.remedy(entry) if entry.outcome == "ordered" else []) == []
            assert (house.plan(entry) if entry.outcome in ("applied", "changed") else []) == []
    found = {control: verdict(house, control) for control in ("tls_only", "public_access_block", "lifecycle")}
    assert set(found.values()) == {"pass"}, house.story()
