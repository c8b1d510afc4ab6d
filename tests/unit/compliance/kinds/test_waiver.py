from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest

from holdfast.compliance.adapter import Account
from holdfast.compliance.catalogue import every_kind
from holdfast.compliance.facts import GoneError
from holdfast.compliance.logic import judge
from holdfast.compliance.policy import Waiver
from holdfast.compliance.rulebook import Everything

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KIND = every_kind()["waiver"]


def account(*waivers: Waiver) -> Account:
    return Account(
        "123456789012", "eu-west-1", clients=lambda service: boto3.client(service, "eu-west-1"), waivers=waivers
    )


def waiver(resource: str = "ml-*", **said: Any) -> Waiver:
    told = {"owner": "platform", "reason": "scratch", "expires": date(2026, 6, 1), **said}
    return Waiver(control="access_logging", resource=resource, **told)


def verdicts(one: Waiver) -> dict[str, str]:
    here = account(one)
    [name] = here.names(KIND, now=NOON)
    resource = here.resource(KIND, name)
    found = judge(resource, here.readings(resource, KIND, now=NOON), Everything(), now=NOON)
    return {finding.control: finding.verdict for finding in found}


@pytest.mark.parametrize(
    ("expires", "in_force", "runs_on"),
    [
        (date(2026, 6, 1), "pass", "pass"),
        (date(2026, 3, 10), "pass", "fail"),
        (date(2026, 3, 2), "pass", "fail"),
        (date(2026, 3, 1), "fail", "not_applicable"),
    ],
)
def test_a_waiver_warns_before_it_expires_and_fails_after(
    aws: None, expires: date, in_force: str, runs_on: str
) -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="ml-scratch")
    assert verdicts(waiver(expires=expires)) == {
        "waiver_in_force": in_force, "waiver_runs_on": runs_on, "waiver_used": "pass",
    }  # fmt: skip


def test_a_waiver_that_matches_nothing_is_a_finding(aws: None) -> None:
    boto3.client("s3", "us-east-1").create_bucket(Bucket="ml-scratch")
    assert verdicts(waiver("ml-scrath"))["waiver_used"] == "fail"


def test_a_waiver_taken_out_of_the_manifest_is_gone(aws: None) -> None:
    here = account()
    resource = here.resource(KIND, "access_logging:ml-*")
    with pytest.raises(GoneError, match="not in the manifest any more"):
        judge(resource, here.readings(resource, KIND, now=NOON), Everything(), now=NOON)
