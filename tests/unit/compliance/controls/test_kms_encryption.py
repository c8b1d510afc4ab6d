import pytest

from holdfast.compliance.controls.kms_encryption import CONTROL
from holdfast.compliance.facts import Fact
from holdfast.compliance.reads.s3 import ENCRYPTION
from tests.unit.compliance.look import look, remedy

KEYS = "arn:aws:kms:eu-west-1:123456789012"
KEY = f"{KEYS}:key/0b1c2d3e"


def encrypted(*algorithms: str, **key: str) -> Fact:
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **key}} for algorithm in algorithms]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


@pytest.mark.parametrize(
    ("algorithms", "verdict"),
    [
        (["aws:kms"], "pass"),
        (["aws:kms:dsse"], "pass"),
        (["AES256"], "fail"),
        (["aws:kms", "AES256"], "fail"),
        ([], "fail"),
    ],
)
def test_the_default_must_be_a_kms_key(algorithms: list[str], verdict: str) -> None:
    assert look(CONTROL, {ENCRYPTION: encrypted(*algorithms)})[0] == verdict


def test_a_setting_never_made_is_amazons_own_key() -> None:
    assert "SSE-S3" in look(CONTROL, {ENCRYPTION: {}})[1]


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ({"KMSMasterKeyID": KEY}, "pass"),
        ({"KMSMasterKeyID": "0b1c2d3e"}, "pass"),
        ({"KMSMasterKeyID": f"{KEYS}:key/other"}, "fail"),
        ({"KMSMasterKeyID": f"{KEYS}:alias/data"}, "unknown"),
        ({"KMSMasterKeyID": "alias/data"}, "unknown"),
        ({}, "fail"),
    ],
)
def test_only_keys_that_are_allowed_count_if_any_are_named(key: dict[str, str], verdict: str) -> None:
    assert look(CONTROL, {ENCRYPTION: encrypted("aws:kms", **key)}, kmsKeyArns=f"{KEY}, {KEYS}:key/ff")[0] == verdict


def test_an_alias_that_is_allowed_by_name_counts() -> None:
    alias = f"{KEYS}:alias/data"
    assert look(CONTROL, {ENCRYPTION: encrypted("aws:kms", KMSMasterKeyID=alias)}, kmsKeyArns=alias)[0] == "pass"


def test_the_remedy_sets_the_named_key_and_the_undo_what_was_before() -> None:
    before = encrypted("AES256")
    before["ServerSideEncryptionConfiguration"]["Rules"][0]["BlockedEncryptionTypes"] = {"EncryptionType": ["SSE-C"]}
    plan = remedy(CONTROL, {ENCRYPTION: before}, kmsKeyArns=KEY)
    [apply], [undo] = plan.apply, plan.undo
    [rule] = apply.arguments["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert rule["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
    assert undo.arguments == before


def test_where_no_default_was_set_the_undo_unsets_it() -> None:
    [undo] = remedy(CONTROL, {ENCRYPTION: {}}, kmsKeyArns=KEY).undo
    assert (undo.operation, undo.permission) == ("delete_bucket_encryption", "s3:PutEncryptionConfiguration")


def test_without_a_key_there_is_no_remedy() -> None:
    with pytest.raises(AssertionError, match="kmsKeyArns"):
        remedy(CONTROL, {ENCRYPTION: {}})
