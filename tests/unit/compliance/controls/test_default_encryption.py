import pytest

from holdfast.compliance.controls.default_encryption import CONTROL
from holdfast.compliance.reads.s3 import ENCRYPTION
from tests.unit.compliance.look import look, remedy


@pytest.mark.parametrize(("algorithm", "verdict"), [("AES256", "pass"), ("aws:kms", "pass"), ("", "fail")])
def test_any_way_of_encrypting_will_do(algorithm: str, verdict: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    assert look(CONTROL, {ENCRYPTION: {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}})[0] == verdict


def test_no_default_at_all_fails() -> None:
    assert look(CONTROL, {ENCRYPTION: {}}) == ("fail", "no default encryption is set")


def test_the_remedy_takes_amazons_own_key_and_can_be_undone() -> None:
    plan = remedy(CONTROL, {ENCRYPTION: {}})
    [rule] = plan.apply[0].arguments["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert plan.undo[0].operation == "delete_bucket_encryption"
