from typing import Any

import pytest

from holdfast.compliance.controls.training_job_spot_required import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TRAINING
from tests.unit.compliance.look import look

JOB = {"ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2}}


def rule(job: dict[str, Any], **parameters: Any) -> tuple[str, str]:
    return look(CONTROL, {TRAINING: job}, **({"spotRequired": True} | parameters))


def test_training_on_demand_breaks_it_and_says_what_it_cost() -> None:
    assert rule(JOB | {"BillableTimeInSeconds": 36_000}) == (
        "fail",
        "trained on demand: about 5.10 USD for the job, of which spot saves up to 90 % (price table of 2026-11)",
    )


def test_a_job_that_still_runs_may_cost_what_it_may_run() -> None:
    job = JOB | {"StoppingCondition": {"MaxRuntimeInSeconds": 360_000}}
    assert "up to about 51 USD for the job" in rule(job)[1]


def test_spot_training_complies() -> None:
    assert rule(JOB | {"EnableManagedSpotTraining": True})[0] == "pass"


def test_nothing_is_required_unless_the_manifest_says_so() -> None:
    assert rule(JOB, spotRequired=False)[0] == "not_applicable"


@pytest.mark.parametrize("resources", [{}, {"InstanceType": "ml.p5.48xlarge", "TrainingPlanArn": "arn:aws:plan"}])
def test_capacity_that_cannot_be_had_as_spot_is_not_judged(resources: dict[str, str]) -> None:
    assert rule({"ResourceConfig": resources})[0] == "not_applicable"


def test_a_price_that_is_not_known_is_not_made_up() -> None:
    job = {"ResourceConfig": {"InstanceType": "ml.x9.large", "InstanceCount": 1}}
    assert rule(job) == ("fail", "trained on demand; the cost of ml.x9.large is not in the price table of 2026-11")
