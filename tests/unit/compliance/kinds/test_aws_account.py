import pytest

from holdfast.compliance.catalogue import events_of
from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.kinds.aws_account import KIND
from holdfast.compliance.logic import touched
from tests.unit.compliance.look import ACCOUNT


@pytest.mark.parametrize("name", ["PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock"])
def test_a_change_of_its_block_names_the_account_and_all_its_buckets_are_looked_at_again(name: str) -> None:
    told = {"eventName": name, "recipientAccountId": ACCOUNT, "requestParameters": {"accountId": ACCOUNT}}
    call = RecordedCall.receive({"source": "aws.s3", "detail": told})
    assert list(touched(call, (KIND,))) == [(KIND, ACCOUNT)]
    assert KIND.rejudges[name] == "s3_bucket"


def test_a_change_of_one_bucket_does_not_concern_it() -> None:
    assert "PutBucketPolicy" not in events_of(KIND.id)
