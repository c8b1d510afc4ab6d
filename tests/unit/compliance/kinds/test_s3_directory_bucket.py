from typing import Any

import pytest

from holdfast.compliance.contract import RecordedCall
from holdfast.compliance.controls import directory_bucket_lifecycle
from holdfast.compliance.kind import Declared
from holdfast.compliance.kinds import s3_bucket
from holdfast.compliance.kinds.s3_directory_bucket import KIND
from holdfast.compliance.logic import touched
from holdfast.compliance.partial import Unresolved
from tests.unit.compliance.look import ACCOUNT, REGION, look

NAME = "fast--euw1-az1--x-s3"


@pytest.mark.parametrize("name", ["CreateBucket", "DeleteBucket", "PutBucketLifecycleConfiguration"])
def test_a_call_that_changes_it_comes_from_s3_express_and_changes_no_other_bucket(name: str) -> None:
    told = {"eventName": name, "requestParameters": {"bucketName": NAME}}
    call = RecordedCall.receive({"source": "aws.s3express", "detail": told})
    assert list(touched(call, (KIND, s3_bucket.KIND))) == [(KIND, NAME)]


@pytest.mark.parametrize(
    ("rules", "given", "verdict"),
    [
        ([{"Status": "Enabled", "ExpirationInDays": 7}], {"targetExpirationDays": 7}, "pass"),
        ([{"Status": "Enabled", "ExpirationInDays": 7}], {"targetExpirationDays": 8}, "fail"),
        ([{"Status": "Disabled", "ExpirationInDays": 7}], {}, "fail"),
        (None, {}, "fail"),
        (Unresolved("parameter Rules"), {}, "unknown"),
    ],
)
def test_a_template_says_when_objects_end(rules: Any, given: Any, verdict: str) -> None:
    assert KIND.declared is not None
    said = {} if rules is None else {"LifecycleConfiguration": {"Rules": rules}}
    facts = KIND.declared(Declared(NAME, {"DataRedundancy": "SingleAvailabilityZone", **said}, ACCOUNT, REGION))
    assert look(directory_bucket_lifecycle.CONTROL, facts, name=NAME, **given)[0] == verdict
