import pytest

from holdfast.compliance import catalogue
from holdfast.compliance.control import Control
from holdfast.compliance.sagemaker import gone
from tests.unit.compliance.look import look

KINDS = sorted(
    kind.id for kind in catalogue.every_kind().values() if kind.gone is gone and kind.id.startswith("sagemaker_")
)
CONTROLS = [control for kind in KINDS for control in catalogue.controls_of(kind)]
SECURITY_HUB = [f"SageMaker.{number}" for number in range(1, 26)]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ValidationException", 'Could not find model "arn:aws:sagemaker:eu-west-1:123456789012:model/churn".'),
        ("ValidationException", "RecordNotFound"),
        ("ValidationException", "ModelPackageGroup arn:aws:sagemaker:... does not exist."),
        ("ValidationException", "Cannot find Model Package: arn:aws:sagemaker:..."),
        ("ResourceNotFound", "Domain [d-1] does not exist."),
        ("ResourceNotFound", "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name rides"),
    ],
)
def test_amazons_ways_to_say_that_something_is_gone(code: str, message: str) -> None:
    assert gone(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ValidationException", "1 validation error detected: Value 'x' at 'modelName' failed to satisfy constraint"),
        ("AccessDeniedException", "User is not authorized: the role could not be found"),
        ("ThrottlingException", "Rate exceeded"),
    ],
)
def test_other_errors_do_not_say_that_it_is_gone(code: str, message: str) -> None:
    assert not gone(code, message)


@pytest.mark.parametrize("reference", SECURITY_HUB)
def test_every_control_of_security_hub_is_answered_once(reference: str) -> None:
    assert sum(reference in control.references for control in CONTROLS) == 1


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_what_could_not_be_read_is_unknown(control: Control) -> None:
    assert look(control, {})[0] == "unknown"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_a_control_names_every_permission_it_takes(control: Control) -> None:
    calls = {call for read in control.reads for call in read.calls}
    assert calls
    assert {call.permission.partition(":")[0] for call in calls} <= {"sagemaker", "cloudwatch"}
