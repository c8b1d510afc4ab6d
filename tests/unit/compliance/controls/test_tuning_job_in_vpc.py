from holdfast.compliance.controls.tuning_job_in_vpc import CONTROL
from holdfast.compliance.reads.sagemaker_jobs import TUNING
from tests.unit.compliance.look import look

INSIDE = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}


def test_every_definition_must_name_subnets() -> None:
    jobs = [{"DefinitionName": "trees", "VpcConfig": INSIDE}, {"DefinitionName": "nets"}]
    assert look(CONTROL, {TUNING: {"TrainingJobDefinitions": jobs}}) == (
        "fail",
        "training jobs nets: no VpcConfig: it runs outside our VPCs",
    )


def test_one_definition_in_subnets_of_ours_complies() -> None:
    assert look(CONTROL, {TUNING: {"TrainingJobDefinition": {"VpcConfig": INSIDE}}})[0] == "pass"


def test_a_tuning_job_that_defines_nothing_is_not_judged() -> None:
    assert look(CONTROL, {TUNING: {}})[0] == "not_applicable"
