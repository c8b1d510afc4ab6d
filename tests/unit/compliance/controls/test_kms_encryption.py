import pytest

from holdfast.compliance.controls.kms_encryption import CONTROL


@pytest.mark.parametrize(
    ("algorithms", "complies"),
    [
        (["aws:kms"], True),
        (["aws:kms:dsse"], True),
        (["AES256"], False),
        (["aws:kms", "AES256"], False),
        ([], False),
    ],
)
def test_the_default_must_be_a_kms_key(algorithms: list[str], complies: bool) -> None:
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}} for algorithm in algorithms]
    facts = {"get_bucket_encryption": {"ServerSideEncryptionConfiguration": {"Rules": rules}}}
    assert (CONTROL.check(facts) is None) is complies


def test_a_setting_never_made_is_amazons_own_key() -> None:
    assert "SSE-S3" in str(CONTROL.check({"get_bucket_encryption": {}}))
