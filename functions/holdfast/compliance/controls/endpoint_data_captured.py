"""What an endpoint is asked and what it answers can be held against what its model learned from."""

from holdfast.compliance.checks.job_settings import is_on
from holdfast.compliance.control import Control, NotApplicable, Ruling
from holdfast.compliance.facts import Facts
from holdfast.compliance.parameters import Parameters
from holdfast.compliance.reads.sagemaker import ENDPOINT_CONFIG

MODES = frozenset({"Input", "Output"})


class Sampling(Parameters):
    """The least share of requests, in percent, that must be captured."""

    minimum_sampling_percentage: int = 1


def check(facts: Facts) -> Ruling:
    """Fail unless enough requests and answers are captured; serverless variants cannot capture any."""
    config = facts[ENDPOINT_CONFIG]
    variants = config.get("ProductionVariants") or []
    if variants and all("ServerlessConfig" in variant for variant in variants):
        return NotApplicable("serverless endpoints capture no data")
    capture = config.get("DataCaptureConfig") or {}
    if not is_on(capture.get("EnableCapture")):
        return "data capture is not enabled"
    captured = {option.get("CaptureMode") for option in capture.get("CaptureOptions") or []}
    if "InputAndOutput" not in captured and (lost := MODES - captured):
        return f"data capture leaves out {' and '.join(sorted(lost)).lower()}"
    share, wanted = capture.get("InitialSamplingPercentage", 0), facts.given(Sampling).minimum_sampling_percentage
    return f"{share} % of requests are captured, expected {wanted} % or more" if int(share) < wanted else None


CONTROL = Control(
    id="endpoint_data_captured",
    kind="sagemaker_endpoint_config",
    title="requests and answers are captured",
    severity="low",
    rationale="Drift in what a model is asked cannot be seen if nobody keeps what it was asked.",
    advice="Make a new endpoint configuration that captures input and output, and update the endpoint to it.",
    references=(),
    events=(),
    reads=(ENDPOINT_CONFIG,),
    check=check,
    parameters=Sampling,
    optional=True,
)
