import json
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from holdfast.compliance import hook
from holdfast.compliance.proposal import fetching
from holdfast.shared.errors import ContractError, TransientError
from tests.conftest import ACCOUNT, REGION, Context

STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/MyStack/1a2b"
URL = "https://s3.eu-west-1.amazonaws.com/hooks/payload?X-Amz-Algorithm=a&X-Amz-Signature=b"
OPEN = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False, "BlockPublicPolicy": False}}
PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ml-data/*"}


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Ask the hook under a manifest, as CloudFormation does."""

    def ask(event: dict[str, Any], *, manifest: str = "scope: [{kind: '*'}]", payload: Any = None, **set_: str) -> Any:
        path = tmp_path / "governance.yaml"
        path.write_text(manifest)
        told = {"ACCOUNT": ACCOUNT, "REGION": REGION, "MANIFEST": str(path)} | set_
        for name, value in told.items():
            monkeypatch.setenv(f"HOLDFAST_{name}", value)
        if payload is not None:
            content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
            monkeypatch.setattr(fetching, "fetched", lambda _: content)
        forget()
        return hook.lambda_handler(event, Context())  # type: ignore[arg-type]

    yield ask
    forget()


def forget() -> None:
    hook.settings.cache_clear()
    hook.rules.cache_clear()


def resource(type_name: str, properties: dict[str, Any], point: str = "CREATE_PRE_PROVISION") -> dict[str, Any]:
    """Give the request of AWS's guide for a resource."""
    return {
        "clientRequestToken": "f8da6d11",
        "awsAccountId": ACCOUNT,
        "stackId": STACK,
        "hookTypeName": "Holdfast::Compliance::Hook",
        "hookTypeVersion": "00000008",
        "hookModel": {"LambdaFunction": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hook"},
        "actionInvocationPoint": point,
        "requestData": {
            "targetName": type_name,
            "targetType": type_name,
            "targetLogicalId": "Data",
            "targetModel": {"resourceProperties": properties, "previousResourceProperties": {}},
        },
        "requestContext": {"invocation": 1, "callbackContext": None},
    }


def whole(target: str = "STACK", url: str | None = URL) -> dict[str, Any]:
    """Give the request of AWS's guide for a stack, with its other spelling of the token."""
    return {
        "clientRequesttoken": "f8da6d11",
        "awsAccountId": ACCOUNT,
        "stackID": STACK,
        "actionInvocationPoint": "CREATE_PRE_PROVISION",
        "requestData": {"targetName": target, "targetType": target, "targetLogicalId": "my-stack", "payload": url},
        "requestContext": {"invocation": 1, "callbackContext": None},
    }


def test_a_resource_that_obeys_goes_on(asked: Any) -> None:
    answer = asked(resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}))
    assert (answer["hookStatus"], answer["clientRequestToken"]) == ("SUCCESS", "f8da6d11")
    assert "errorCode" not in answer


def test_a_resource_that_breaks_a_control_is_refused_and_told_why(asked: Any) -> None:
    answer = asked(resource("AWS::S3::Bucket", OPEN))
    assert (answer["hookStatus"], answer["errorCode"]) == ("FAILED", "NonCompliant")
    assert "Data: public_access_block" in answer["message"]
    [first, *_] = answer["annotations"]
    assert first["annotationName"] == "public_access_block:Data"
    assert (first["status"], first["severityLevel"]) == ("FAILED", "HIGH")
    assert first["remediationMessage"]


def test_booleans_come_as_text_too(asked: Any) -> None:
    all_on = dict.fromkeys(
        ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), "true"
    )
    assert asked(resource("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": all_on}))["hookStatus"] == "SUCCESS"


def test_a_bucket_alone_is_not_refused_for_a_policy_that_comes_after_it(asked: Any) -> None:
    answer = asked(resource("AWS::S3::Bucket", {}), FAILS_FROM="low")
    assert "tls_only" not in answer["message"]
    assert "Data: access_logging" in answer["message"]


def test_a_bucket_policy_alone_is_judged_by_what_it_says(asked: Any) -> None:
    properties = {"Bucket": "ml-data", "PolicyDocument": {"Statement": [PUBLIC]}}
    answer = asked(resource("AWS::S3::BucketPolicy", properties), FAILS_FROM="medium")
    assert answer["hookStatus"] == "FAILED"
    assert "tls_only" in answer["message"]
    assert "versioning" not in answer["message"]
    assert "lifecycle" not in answer["message"]


@pytest.mark.parametrize(
    ("type_name", "properties"),
    [
        ("AWS::SageMaker::NotebookInstance", {"DirectInternetAccess": "Enabled", "InstanceType": "ml.t3.medium"}),
        ("AWS::S3::AccessPoint", {"Bucket": "a", "PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}),
    ],
)
def test_other_kinds_are_judged_too(asked: Any, type_name: str, properties: dict[str, Any]) -> None:
    assert asked(resource(type_name, properties), FAILS_FROM="low")["hookStatus"] == "FAILED"


def test_a_kind_that_no_control_knows_goes_on(asked: Any) -> None:
    assert asked(resource("AWS::DynamoDB::Table", {"TableName": "a"}))["hookStatus"] == "SUCCESS"


def test_what_is_deleted_goes_on(asked: Any) -> None:
    assert asked(resource("AWS::S3::Bucket", OPEN, "DELETE_PRE_PROVISION"))["hookStatus"] == "SUCCESS"


def test_only_failures_of_the_severity_asked_for_are_refused(asked: Any) -> None:
    event = resource("AWS::S3::Bucket", OPEN)
    assert asked(event, FAILS_FROM="high")["hookStatus"] == "FAILED"
    answer = asked(event, FAILS_FROM="critical")
    assert answer["hookStatus"] == "SUCCESS"
    assert "public_access_block:Data" in {one["annotationName"] for one in answer["annotations"]}


def test_the_manifest_says_which_controls_hold_and_what_is_waived(asked: Any) -> None:
    event = resource("AWS::S3::Bucket", OPEN | {"BucketName": "scratch"})
    lax = "scope: [{kind: '*'}]\ncontrols: [{control: public_access_block, enabled: false}]"
    waived = """scope: [{kind: '*'}]
waivers: [{control: public_access_block, resource: scratch, owner: me, reason: test, expires: 2999-01-01}]"""
    elsewhere = "scope: [{kind: s3_bucket, match: 'ml-*'}]"
    for manifest in (lax, waived, elsewhere):
        assert asked(event, manifest=manifest)["hookStatus"] == "SUCCESS"


@pytest.mark.parametrize("target", ["STACK", "CHANGE_SET"])
def test_a_stack_is_judged_by_its_template(asked: Any, target: str) -> None:
    kept = json.dumps({"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}})
    bad = json.dumps({"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": OPEN}}})
    assert asked(whole(target), payload={"template": kept, "previousTemplate": bad})["hookStatus"] == "SUCCESS"
    answer = asked(whole(target), payload={"template": bad, "changedResources": []})
    assert (answer["hookStatus"], answer["errorCode"]) == ("FAILED", "NonCompliant")
    assert answer["clientRequestToken"] == "f8da6d11"


def test_a_stack_is_judged_as_a_whole_policies_with_their_buckets(asked: Any) -> None:
    text = "Resources:\n  Data:\n    Type: AWS::S3::Bucket\n"
    answer = asked(whole(), payload={"template": text}, FAILS_FROM="medium")
    assert "Data: tls_only" in answer["message"]


def test_what_is_not_known_of_a_stack_is_named_and_refused_only_if_so_set(asked: Any) -> None:
    on = {"VersioningConfiguration": {"Status": {"Ref": "Status"}}}
    template = {
        "Parameters": {"Status": {"Type": "String"}},
        "Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": on}},
    }
    manifest = "scope: [{kind: '*'}]\ncontrols: [{control: versioning_enabled}]"
    payload = {"template": json.dumps(template)}
    answer = asked(whole(), payload=payload, manifest=manifest)
    assert answer["hookStatus"] == "SUCCESS"
    assert {"SKIPPED"} <= {one["status"] for one in answer["annotations"]}
    refused = asked(whole(), payload=payload, manifest=manifest, REFUSES_UNKNOWN="true")
    assert (refused["hookStatus"], refused["errorCode"]) == ("FAILED", "NonCompliant")
    assert "parameter Status has no default" in refused["message"]


@pytest.mark.parametrize(
    "payload",
    [b"", b"not json", b"[]", b"{}", b'{"template": 3}', b'{"template": "a: b"}', b'{"template": "{"}', b"\xff",
     b'{"template": "Resources: {A: {Type: !Nope x}}"}'],
)  # fmt: skip
def test_a_payload_that_cannot_be_read_is_refused(asked: Any, payload: bytes) -> None:
    answer = asked(whole(), payload=payload)
    assert (answer["hookStatus"], answer["errorCode"]) == ("FAILED", "InternalFailure")
    assert answer["clientRequestToken"] == "f8da6d11"


@pytest.mark.parametrize("event", [{}, {"requestData": 3}, {"requestData": {}}, {"clientRequestToken": 7}])
def test_a_request_that_cannot_be_read_is_refused(asked: Any, event: dict[str, Any]) -> None:
    answer = asked(event)
    assert (answer["hookStatus"], answer["errorCode"]) == ("FAILED", "InternalFailure")


@pytest.mark.parametrize(
    "url",
    [
        "http://s3.eu-west-1.amazonaws.com/a?X-Amz-Signature=b",
        "https://169.254.169.254/latest?X-Amz-Signature=b",
        "https://evil.example/s3.amazonaws.com?X-Amz-Signature=b",
        "https://s3.amazonaws.com.evil.example/a?X-Amz-Signature=b",
        "https://s3.amazonaws.com@evil.example/a?X-Amz-Signature=b",
        "https://user:word@s3.amazonaws.com/a?X-Amz-Signature=b",
        "https://s3.amazonaws.com:8443/a?X-Amz-Signature=b",
        "https://ec2.amazonaws.com/a?X-Amz-Signature=b",
        "https://s3.amazonaws.com/a",
        "https://s3.amazonaws.com/a?X-Amz-Signature=b HTTP/1.1\r\nHost: evil",
        "https://[::1]/a?X-Amz-Signature=b",
        "https://[bad/a",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_presigned_urls_of_s3_are_fetched(asked: Any, url: str) -> None:
    answer = asked(whole(url=url))
    assert answer["errorCode"] == "InternalFailure"
    if url:
        with pytest.raises(ContractError):
            fetching.fetched(url)


@pytest.mark.parametrize(
    "host",
    ["s3.amazonaws.com", "bucket.name.s3.eu-west-1.amazonaws.com", "s3-eu-west-1.amazonaws.com",
     "b.s3.dualstack.eu-west-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"],
)  # fmt: skip
def test_every_host_of_s3_is_one(host: str) -> None:
    assert fetching.HOST.fullmatch(host)


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[Any]:
    """Stand a server on this machine behind the host that a presigned URL names."""
    answers = {"/hooks/payload": (200, b"x"), "/gone": (403, b""), "/away": (302, b""), "/much": (200, b"x" * 99)}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = answers[self.path.partition("?")[0]]
            self.send_response(status)
            self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield lambda _, timeout: HTTPConnection("127.0.0.1", server.server_port, timeout=timeout)
    server.shutdown()
    server.server_close()


def test_a_payload_is_fetched_by_its_url(s3: Any) -> None:
    assert fetching.fetched(URL, s3) == b"x"


@pytest.mark.parametrize("place", ["gone", "away"])
def test_an_answer_other_than_the_object_is_no_payload_and_no_redirect_is_followed(s3: Any, place: str) -> None:
    with pytest.raises(TransientError, match=r"answered (403|302)"):
        fetching.fetched(f"https://s3.amazonaws.com/{place}?X-Amz-Signature=b", s3)


def test_no_more_of_a_payload_is_read_than_is_allowed(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_PAYLOAD", 10)
    assert len(fetching.fetched("https://s3.amazonaws.com/much?X-Amz-Signature=b", s3)) == 11


def test_a_long_message_is_cut_where_cloud_control_would_cut_it(asked: Any) -> None:
    resources = {f"Bucket{n}": {"Type": "AWS::S3::Bucket", "Properties": OPEN} for n in range(60)}
    answer = asked(whole(), payload={"template": json.dumps({"Resources": resources})})
    assert len(answer["message"]) <= 1024
    assert len(answer["annotations"]) <= 20
