from typing import Any

import pytest

from holdfast.compliance.controls.auto_ml_job_max_runtime import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import AUTO_ML
from tests.unit.compliance.look import look


def of(problem: str, **criteria: int) -> dict[str, Any]:
    return {"AutoMLProblemTypeConfig": {problem: {"CompletionCriteria": criteria}}}


@pytest.mark.parametrize(("seconds", "verdict"), [(86_400, "pass"), (86_401, "fail")])
def test_a_day_is_allowed_and_no_more(seconds: int, verdict: str) -> None:
    assert look(CONTROL, {AUTO_ML: of("TabularJobConfig", MaxAutoMLJobRuntimeInSeconds=seconds)})[0] == verdict


def test_the_bound_of_one_candidate_does_not_bound_many() -> None:
    facts = {AUTO_ML: of("TabularJobConfig", MaxRuntimePerTrainingJobInSeconds=60)}
    assert look(CONTROL, facts) == ("fail", "it has no maximum runtime, expected at most 24 hours")


def test_the_bound_of_one_candidate_bounds_a_job_that_trains_one() -> None:
    facts = {AUTO_ML: of("TextClassificationJobConfig", MaxRuntimePerTrainingJobInSeconds=60)}
    assert look(CONTROL, facts)[0] == "pass"


def test_a_job_without_criteria_breaks_it() -> None:
    assert look(CONTROL, {AUTO_ML: {}})[0] == "fail"
