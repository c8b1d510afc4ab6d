import pytest

from holdfast.compliance.controls.auto_ml_job_traffic_encrypted import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML
from tests.unit.compliance.look import look


@pytest.mark.parametrize(("setting", "verdict"), [(True, "pass"), (False, "fail")])
def test_only_encrypted_traffic_complies(setting: bool, verdict: str) -> None:
    security = {"EnableInterContainerTrafficEncryption": setting}
    assert look(CONTROL, {AUTO_ML: {"SecurityConfig": security}})[0] == verdict


def test_a_job_without_security_settings_breaks_it() -> None:
    assert look(CONTROL, {AUTO_ML: {}}) == ("fail", "traffic between containers is not encrypted")
