"""What an endpoint captures of requests and answers is encrypted with a key of ours."""

from holdfast.compliance.checks.job_settings import is_on
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.inside import missing
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG


def check(facts: Facts) -> Ruling:
    """Fail if data is captured without a KMS key."""
    capture = facts[ENDPOINT_CONFIG].get("DataCaptureConfig") or {}
    if not capture or ("EnableCapture" in capture and not is_on(capture.get("EnableCapture"))):
        return NotApplicable("it captures no data")
    return missing({"DataCaptureConfig": capture}, "DataCaptureConfig", "KmsKeyId")


CONTROL = Control(
    id="endpoint_capture_encrypted",
    kind="sagemaker_endpoint_config",
    title="captured data is encrypted with a KMS key of ours",
    severity="medium",
    rationale="Captured requests and answers hold whatever people asked a model about.",
    advice="Make a new endpoint configuration with DataCaptureConfig.KmsKeyId, and update the endpoint to it.",
    references=(),
    events=(),
    reads=(ENDPOINT_CONFIG,),
    check=check,
    optional=True,
)
