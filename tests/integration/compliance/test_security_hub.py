from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from holdfast.compliance import security_hub
from holdfast.compliance.contract import Finding
from holdfast.compliance.entries import FOLD
from holdfast.compliance.exports.security_hub_adapter import SecurityHub
from holdfast.compliance.logic import decide
from holdfast.compliance.resource import Resource
from holdfast.ledger.contract import Announcement, Cause, Entry
from holdfast.shared import clients, clock
from holdfast.shared.errors import ConfigurationError, TransientError
from tests.conftest import ACCOUNT, REGION, TABLE, Context, make_ledger_table

BUCKET = Resource("s3_bucket", "training-data", ACCOUNT, REGION)
Export = Callable[..., list[str]]


@pytest.fixture
def export(
    aws: None, queued: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Export]:
    """Give the exporter a ledger and a Security Hub, and return what of its messages failed."""
    path = tmp_path / "governance.yaml"
    path.write_text("scope: []\n")
    for name, value in {
        "ACCOUNT": ACCOUNT, "REGION": REGION, "LEDGER_TABLE": TABLE, "ACTOR": "SecurityHubExporter",
        "MANIFEST": str(path),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"HOLDFAST_{name}", value)
    make_ledger_table()
    boto3.client("securityhub", REGION).enable_security_hub()
    forget()
    yield lambda *messages: [
        failure["itemIdentifier"]
        for failure in security_hub.lambda_handler(queued(*messages), Context())["batchItemFailures"]  # type: ignore[arg-type]
    ]
    forget()


def forget() -> None:
    clients.forget()
    for built in (security_hub.settings, security_hub.ledger, security_hub.hub):
        built.cache_clear()


def judged(*verdicts: tuple[str, str], is_gone: bool = False) -> dict[str, Any]:
    """Record a look at the bucket as the judge does, and give its announcement."""
    findings = tuple(
        Finding.model_validate({"control": control, "references": ("FSBP S3.5",), "severity": "high",
                                "verdict": verdict, "reason": f"it is {verdict}"})
        for control, verdict in verdicts
    )  # fmt: skip
    entry = security_hub.ledger().commit(
        BUCKET.stream, FOLD, cause=Cause("event", "event"), now=clock.now(),
        decide=lambda state: decide(
            state, resource=BUCKET, findings=None if is_gone else findings, type_name="AWS::S3::Bucket"
        ),
    )  # fmt: skip
    assert isinstance(entry, Entry)
    return {"detail-type": entry.kind, "detail": Announcement.of(entry).model_dump(mode="json")}


def found() -> dict[str, tuple[str, str]]:
    findings = boto3.client("securityhub", REGION).get_findings()["Findings"]
    return {one["GeneratorId"]: (one["Compliance"]["Status"], one["RecordState"]) for one in findings}


def test_a_finding_is_imported_archived_when_fixed_and_opened_again(export: Export) -> None:
    seen = []
    for verdict in ("fail", "pass", "fail"):
        assert export(judged(("tls_only", verdict))) == []
        seen.append(found()["holdfast/tls_only"])
    assert seen == [("FAILED", "ACTIVE"), ("PASSED", "ARCHIVED"), ("FAILED", "ACTIVE")]


def test_the_findings_of_a_deleted_bucket_are_archived(export: Export) -> None:
    assert export(judged(("tls_only", "fail"), ("lifecycle", "pass")), judged(is_gone=True)) == []
    assert found() == {"holdfast/tls_only": ("NOT_AVAILABLE", "ARCHIVED"),
                       "holdfast/lifecycle": ("NOT_AVAILABLE", "ARCHIVED")}  # fmt: skip


def test_only_what_changed_is_sent(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    export(judged(("tls_only", "fail"), ("lifecycle", "fail")))
    monkeypatch.setattr(SecurityHub, "send", lambda _, findings: sent.extend(one["GeneratorId"] for one in findings))
    export(judged(("tls_only", "fail"), ("lifecycle", "pass")))
    assert sent == ["holdfast/lifecycle"]


def test_a_message_delivered_twice_sends_the_same_bytes(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(SecurityHub, "send", lambda _, findings: sent.append(findings))
    message = judged(("tls_only", "fail"))
    export(message)
    judged(("tls_only", "pass"))
    export(message)
    assert sent[0] == sent[1]


def test_a_decision_that_is_not_on_record_fails_its_message_alone(export: Export) -> None:
    forged = {"detail": {"decision_id": "0" * 64}}
    assert export(forged, judged(("tls_only", "fail")), {"detail": {}}) == ["message-0", "message-2"]
    assert found() == {"holdfast/tls_only": ("FAILED", "ACTIVE")}


class Refusing:
    """A Security Hub that takes some findings and refuses others."""

    def __init__(self, code: str, *refused: str) -> None:
        self.code, self.refused, self.asked = code, refused, 0

    def batch_import_findings(self, *, Findings: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """Answer as the API does."""
        self.asked += len(Findings)
        failed = [{"Id": one["Id"], "ErrorCode": self.code, "ErrorMessage": "no"} for one in Findings
                  if one["Id"] in self.refused]  # fmt: skip
        return {"FailedCount": len(failed), "SuccessCount": len(Findings) - len(failed), "FailedFindings": failed}


FINDINGS = [{"Id": f"finding-{number}"} for number in range(250)]


@pytest.mark.parametrize(
    ("code", "raised"), [("InvalidInput", ConfigurationError), ("LimitExceededException", TransientError)]
)
def test_a_finding_refused_is_loud_after_the_others_were_sent(code: str, raised: type[Exception]) -> None:
    hub = Refusing(code, "finding-7")
    with pytest.raises(raised, match="refused 1 of 250 findings: finding-7"):
        SecurityHub(hub).send(FINDINGS)
    assert hub.asked == 250


def test_refusals_that_are_only_counted_are_loud_too() -> None:
    class Counting(Refusing):
        def batch_import_findings(self, *, Findings: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
            return {"FailedCount": 3, "SuccessCount": 0}

    with pytest.raises(TransientError, match="does not say which"):
        SecurityHub(Counting("")).send(FINDINGS)


def test_a_security_hub_that_is_off_is_an_operators_matter() -> None:
    class Off(Refusing):
        def batch_import_findings(self, **_: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "InvalidAccessException", "Message": "not subscribed"}}, "x")

    with pytest.raises(ConfigurationError, match="InvalidAccessException"):
        SecurityHub(Off("")).send(FINDINGS)
