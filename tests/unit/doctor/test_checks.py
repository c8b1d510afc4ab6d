"""From facts to findings: what cannot be read is neither well nor wrong."""

from typing import Any

import pytest

from holdfast.manifest import Bucket
from holdfast_console.doctor import checks
from holdfast_console.doctor.checks import Trail
from holdfast_console.doctor.finding import Finding, Unread, Verdict, exit_code

KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "99999999")
PLAIN = Bucket(name="ml-data", region="eu-west-1")
KEYED = Bucket(name="ml-data", region="eu-west-1", kms_key_arn=KEY)
OK, FAILED, UNKNOWN = Verdict.OK, Verdict.FAILED, Verdict.UNKNOWN
UNREAD = Unread("GetIt answered AccessDenied")


def verdict(finding: Finding) -> Verdict:
    """Give the verdict, which never stands without a reason; what is wrong has a remedy."""
    assert finding.reason
    assert (finding.remedy is not None) == (finding.verdict == FAILED)
    return finding.verdict


@pytest.mark.parametrize(
    ("bucket", "encryption", "state", "expected"),
    [
        (PLAIN, None, None, OK),
        (PLAIN, KEY, None, FAILED),
        (PLAIN, UNREAD, None, UNKNOWN),
        (KEYED, KEY, "Enabled", OK),
        (KEYED, None, "Enabled", OK),
        (KEYED, OTHER_KEY, "Enabled", FAILED),
        (KEYED, KEY, "Disabled", FAILED),
        (KEYED, KEY, None, FAILED),
        (KEYED, KEY, UNREAD, UNKNOWN),
    ],
)
def test_a_key_that_the_manifest_does_not_grant_is_found(
    bucket: Bucket, encryption: Any, state: Any, expected: Verdict
) -> None:
    assert verdict(checks.key(bucket, encryption, state)) == expected


@pytest.mark.parametrize(
    ("setting", "expected"), [({"EventBridgeConfiguration": {}}, OK), ({}, FAILED), (UNREAD, UNKNOWN)]
)
def test_a_bucket_that_tells_eventbridge_nothing_is_found(setting: Any, expected: Verdict) -> None:
    assert verdict(checks.events(PLAIN, ["in/"], setting, queue_arn=None)) == expected


def test_a_bucket_that_should_notify_a_queue_and_does_not_is_found() -> None:
    notifying = PLAIN.model_copy(update={"events": "notification"})
    assert verdict(checks.events(notifying, ["in/"], {"EventBridgeConfiguration": {}}, queue_arn=None)) == FAILED


@pytest.mark.parametrize(("found", "expected"), [("eu-west-1", OK), ("us-east-1", FAILED), (UNREAD, UNKNOWN)])
def test_a_bucket_elsewhere_is_found(found: Any, expected: Verdict) -> None:
    assert verdict(checks.region(PLAIN, found)) == expected


@pytest.mark.parametrize(("size", "expected"), [(10, OK), (0, FAILED), (None, FAILED), (UNREAD, UNKNOWN)])
def test_a_reference_that_holds_nothing_is_found(size: Any, expected: Verdict) -> None:
    assert verdict(checks.reference("bike", "s3://ml-data/r.parquet", size)) == expected


@pytest.mark.parametrize(("sha256", "expected"), [("a" * 64, OK), (None, FAILED), (UNREAD, UNKNOWN)])
def test_a_model_without_baseline_is_found(sha256: Any, expected: Verdict) -> None:
    assert verdict(checks.baseline("bike", sha256)) == expected


@pytest.mark.parametrize(
    ("status", "expected"), [("Active", OK), ("Deleting", FAILED), (None, FAILED), (UNREAD, UNKNOWN)]
)
def test_a_pipeline_that_cannot_run_is_found(status: Any, expected: Verdict) -> None:
    assert verdict(checks.trainer("bike", "pipeline bike", status)) == expected


@pytest.mark.parametrize(
    ("subscriptions", "expected"),
    [(["arn:aws:sns:x:y:z"], OK), ([], FAILED), (["PendingConfirmation", "Deleted"], FAILED), (UNREAD, UNKNOWN)],
)
def test_a_topic_that_nobody_hears_is_found(subscriptions: Any, expected: Verdict) -> None:
    assert verdict(checks.topic("arn:aws:sns:eu-west-1:1:t", subscriptions)) == expected


WRITES = {"IncludeManagementEvents": True, "ReadWriteType": "All"}
ADVANCED = {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}


@pytest.mark.parametrize(
    ("trail", "expected"),
    [
        (Trail("t", "eu-west-1", False, True, [WRITES]), OK),
        (Trail("t", "us-east-1", True, True, [WRITES]), OK),
        (Trail("t", "us-east-1", False, True, [WRITES]), FAILED),
        (Trail("t", "eu-west-1", False, False, [WRITES]), FAILED),
        (Trail("t", "eu-west-1", False, True, [{**WRITES, "ReadWriteType": "ReadOnly"}]), FAILED),
        (Trail("t", "eu-west-1", False, True, [{**WRITES, "IncludeManagementEvents": False}]), FAILED),
        (Trail("t", "eu-west-1", False, True, (), [ADVANCED]), OK),
        (
            Trail(
                "t", "eu-west-1", False, True, (),
                [{"FieldSelectors": [*ADVANCED["FieldSelectors"], {"Field": "readOnly", "Equals": ["true"]}]}],
            ),
            FAILED,
        ),
    ],
)  # fmt: skip
def test_only_a_running_trail_of_management_writes_counts(trail: Trail, expected: Verdict) -> None:
    assert verdict(checks.trail([trail], "eu-west-1")) == expected


def test_the_quarantine_check_offers_the_statement_as_a_difference() -> None:
    theirs = {"Version": "2012-10-17", "Statement": [{"Sid": "TlsOnly", "Effect": "Deny"}]}
    finding = checks.quarantine(PLAIN, ["in/"], theirs)
    assert verdict(finding) == FAILED
    lines = (finding.offer or "").splitlines()
    assert any(line.startswith("+") and "s3:ExistingObjectTag/holdfast" in line for line in lines)
    assert any(line.startswith(" ") and "TlsOnly" in line for line in lines), "what is there stays"
    assert verdict(checks.quarantine(PLAIN, ["in/"], UNREAD)) == UNKNOWN


@pytest.mark.parametrize(
    ("verdicts", "code"), [([], 0), ([OK], 0), ([OK, UNKNOWN], 2), ([OK, UNKNOWN, FAILED], 1), ([FAILED], 1)]
)
def test_wrong_outweighs_unchecked(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(Finding("c", "r", one, "why") for one in verdicts) == code
