"""Put on record what compliance says of a bucket."""

from datetime import datetime
from functools import partial

from holdfast.compliance.contract import Finding, Severity, Verdict
from holdfast.compliance.entries import FOLD
from holdfast.compliance.logic import decide
from holdfast.compliance.resource import Resource
from holdfast.ledger.adapter import Ledger
from holdfast.ledger.contract import Cause, Entry
from tests.conftest import ACCOUNT


def stands(
    ledger: Ledger, bucket: str, verdict: Verdict, *, now: datetime, severity: Severity = "critical"
) -> Entry | None:
    """Record one control's verdict on a bucket."""
    resource = Resource("s3_bucket", bucket, ACCOUNT)
    finding = Finding(control="public_read", references=(), severity=severity, verdict=verdict, reason="it is so")
    step = partial(decide, resource=resource, findings=(finding,), type_name="AWS::S3::Bucket")
    return ledger.commit(resource.stream, FOLD, step, cause=Cause("event", "chain"), now=now)
