import pytest

from holdfast.compliance.controls.tuning_job_isolated import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TUNING
from tests.unit.compliance.look import look


@pytest.mark.parametrize(("setting", "verdict"), [(True, "pass"), (False, "fail")])
def test_the_training_jobs_must_be_isolated(setting: bool, verdict: str) -> None:
    assert look(CONTROL, {TUNING: {"TrainingJobDefinition": {"EnableNetworkIsolation": setting}}})[0] == verdict


def test_one_open_definition_among_isolated_ones_breaks_it() -> None:
    jobs = [{"EnableNetworkIsolation": True}, {}]
    assert look(CONTROL, {TUNING: {"TrainingJobDefinitions": jobs}}) == (
        "fail",
        "training jobs 2: network isolation is off",
    )
