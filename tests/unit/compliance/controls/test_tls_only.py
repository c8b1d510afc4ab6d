import json

from holdfast.compliance.controls.tls_only import CONTROL

FACTS = {"bucket": {"Name": "data"}}
DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def test_denying_clear_text_complies() -> None:
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [DENIAL]})}
    assert CONTROL.check({**FACTS, "get_bucket_policy": policy}) is None


def test_no_policy_breaks_it() -> None:
    assert CONTROL.check({**FACTS, "get_bucket_policy": {}}) == "there is no bucket policy to deny clear text"


def test_the_denial_must_be_of_this_bucket() -> None:
    policy = {"Policy": json.dumps({"Statement": DENIAL})}
    assert CONTROL.check({"bucket": {"Name": "other"}, "get_bucket_policy": policy}) == (
        "clear text is not denied for the bucket and its objects"
    )
